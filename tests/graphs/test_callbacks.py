from __future__ import annotations

import re
from typing import Literal

import pytest

from golint_maps.graphs.callbacks import Callback, _data, configured, shipped, table
from golint_maps.program import Program
from golint_maps.testing import facts_of

HEAD = """
type Store struct {
	hits map[string]int
}

func New() *Store { return &Store{hits: map[string]int{}} }

func (s *Store) count() { s.hits["n"]++ }
"""


def contexts(imports: str, body: str, *callbacks: Callback) -> set[str]:
    """The words for what, beside callers, runs the accesses to `hits`."""
    source = "package p\n\nimport (\n" + "".join(f"\t{line}\n" for line in imports.split(";")) + ")\n" + HEAD + body
    program = Program([facts_of(source)], callbacks)
    return {
        link.callback.words
        for witness in program.races.by_map.get("fexample.com/p.Store.hits", ())
        if (link := witness.context.link) is not None and link.callback is not None
    }


def race(imports: str, body: str, *callbacks: Callback) -> bool:
    """Whether some pair of accesses races."""
    source = "package p\n\nimport (\n" + "".join(f"\t{line}\n" for line in imports.split(";")) + ")\n" + HEAD + body
    return bool(Program([facts_of(source)], callbacks).races.pairs)


SERVED = "func (s *Store) get(w http.ResponseWriter, r *http.Request) { s.count() }\n"
HTTP = '"net/http"'


@pytest.mark.parametrize(
    ("imports", "body"),
    [
        (HTTP, 'func (s *Store) routes(m *http.ServeMux) { m.HandleFunc("/", s.get) }\n' + SERVED),
        (HTTP + ';"github.com/gorilla/mux"', 'func (s *Store) routes(r *mux.Router) { r.HandleFunc("/", s.get).Methods("GET") }\n' + SERVED),
        (HTTP + ';"github.com/gorilla/mux"', 'func (s *Store) routes() { r := mux.NewRouter(); r.HandleFunc("/", s.get) }\n' + SERVED),
        (
            HTTP + ';"github.com/gorilla/mux"',
            'func (s *Store) routes(r *mux.Router) { sub := r.PathPrefix("/a").Subrouter(); sub.Methods("GET").Path("/").HandlerFunc(s.get) }\n'
            + SERVED,
        ),
        (HTTP + ';"github.com/go-chi/chi/v5"', 'func (s *Store) routes(r chi.Router) { r.Get("/", s.get) }\n' + SERVED),
        (HTTP + ';"github.com/go-chi/chi/v5"', 'func (s *Store) routes() { r := chi.NewRouter(); r.Post("/", s.get) }\n' + SERVED),
        (
            HTTP + ';"github.com/julienschmidt/httprouter"',
            """
func (s *Store) routes() { r := httprouter.New(); r.GET("/", s.one) }
func (s *Store) one(w http.ResponseWriter, r *http.Request, _ httprouter.Params) { s.count() }
""",
        ),
        (HTTP + ';"example.com/unknown/web"', 'func (s *Store) routes() { web.New().Route("/", s.get) }\n' + SERVED),
        (HTTP + ';"example.com/unknown/web"', 'func (s *Store) routes() { http.Handle("/", web.Gzip(http.HandlerFunc(s.get))) }\n' + SERVED),
        (
            HTTP,
            """
func (s *Store) routes() { http.Handle("/", http.StripPrefix("/a", s)) }
func (s *Store) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.count() }
""",
        ),
    ],
)
def test_a_registered_http_handler_races_with_itself(imports: str, body: str) -> None:
    assert contexts(imports, body) == {"an HTTP handler"}
    assert race(imports, body)


@pytest.mark.parametrize(
    ("imports", "body", "words"),
    [
        (
            '"github.com/gin-gonic/gin"',
            'func (s *Store) routes() { r := gin.Default(); r.GET("/", s.one) }\nfunc (s *Store) one(c *gin.Context) { s.count() }',
            "a gin handler",
        ),
        (
            '"github.com/gin-gonic/gin"',
            'func (s *Store) routes(r *gin.Engine) { v := r.Group("/v"); v.POST("/", func(c *gin.Context) { s.count() }) }',
            "a gin handler",
        ),
        ('"github.com/gin-gonic/gin"', "func (s *Store) routes(r *gin.RouterGroup) { r.Use(func(c *gin.Context) { s.count() }) }", "a gin handler"),
        (
            '"github.com/labstack/echo/v4"',
            'func (s *Store) routes() { e := echo.New(); e.GET("/", func(c echo.Context) error { s.count(); return nil }) }',
            "an echo handler",
        ),
        (
            '"github.com/gofiber/fiber/v2"',
            'func (s *Store) routes() { a := fiber.New(); a.Get("/", func(c *fiber.Ctx) error { s.count(); return nil }) }',
            "a fiber handler",
        ),
    ],
)
def test_a_handler_of_a_web_framework_races_with_itself(imports: str, body: str, words: str) -> None:
    assert contexts(imports, body) == {words}
    assert race(imports, body)


@pytest.mark.parametrize(
    ("imports", "start", "words"),
    [
        (
            '"golang.org/x/sync/errgroup"',
            "var g errgroup.Group; g.Go(func() error { s.count(); return nil })",
            "a goroutine started by errgroup.Group.Go",
        ),
        (
            '"context";"golang.org/x/sync/errgroup"',
            "g, _ := errgroup.WithContext(context.Background()); g.Go(func() error { s.count(); return nil })",
            "a goroutine started by errgroup.Group.Go",
        ),
        ('"sync"', "var wg sync.WaitGroup; wg.Go(s.count)", "a goroutine started by WaitGroup.Go"),
        ('"time"', "time.AfterFunc(time.Second, s.count)", "a timer's goroutine"),
        ('"context"', "context.AfterFunc(context.Background(), s.count)", "a goroutine started by context.AfterFunc"),
        ('"runtime"', "runtime.AddCleanup(new(int), func(int) { s.count() }, 1)", "a cleanup of the runtime"),
        ('"github.com/sourcegraph/conc/pool"', "p := pool.New().WithMaxGoroutines(4); p.Go(s.count)", "a task of a conc pool"),
        ('"github.com/panjf2000/ants/v2"', "p, _ := ants.NewPool(10); p.Submit(s.count)", "a task of a goroutine pool"),
        ('"github.com/panjf2000/ants/v2"', "ants.Submit(s.count)", "a task of a goroutine pool"),
        (
            '"github.com/zeromicro/go-zero/core/threading"',
            "threading.GoSafe(func() { s.count() })",
            "a goroutine of a pool",
        ),
        (
            '"github.com/cilium/workerpool"',
            "p := workerpool.New(4); p.Submit(`a`, func(c any) error { s.count(); return nil })",
            "a goroutine of a pool",
        ),
        (
            '"github.com/grafana/dskit/concurrency"',
            "concurrency.ForEachJob(nil, 9, 3, func(c any, i int) error { s.count(); return nil })",
            "a parallel job",
        ),
        (
            'lop "github.com/samber/lo/parallel"',
            "lop.ForEach([]int{1, 2}, func(x, i int) { s.count() })",
            "a parallel iteration",
        ),
        (
            '"github.com/zeromicro/go-zero/core/mr"',
            "mr.Finish(func() error { s.count(); return nil }, func() error { s.count(); return nil })",
            "one of several parallel tasks",
        ),
    ],
)
def test_what_a_group_or_pool_starts_in_a_loop_races_with_itself(imports: str, start: str, words: str) -> None:
    body = f"func Run() {{\n\ts := New()\n\tfor range 10 {{\n\t\t{start}\n\t}}\n}}\n"
    assert contexts(imports, body) == {words}
    assert race(imports, body)


@pytest.mark.parametrize(
    ("imports", "start", "words"),
    [
        ('"runtime"', "runtime.SetFinalizer(s, func(s *Store) {}); runtime.AddCleanup(s, func(int) { s.count() }, 1)", "a cleanup of the runtime"),
        ('"github.com/nats-io/nats.go"', 'nc, _ := nats.Connect("u"); nc.Subscribe("a", func(m *nats.Msg) { s.count() })', "a NATS subscription"),
        (
            'mqtt "github.com/eclipse/paho.mqtt.golang"',
            'c := mqtt.NewClient(nil); c.Subscribe("a", 0, func(c mqtt.Client, m mqtt.Message) { s.count() })',
            "an MQTT callback",
        ),
        (
            'mqtt "github.com/eclipse/paho.mqtt.golang"',
            'mqtt.NewClientOptions().AddBroker("b").SetDefaultPublishHandler(func(c mqtt.Client, m mqtt.Message) { s.count() })',
            "an MQTT callback",
        ),
        (
            '"k8s.io/client-go/tools/cache"',
            "var i cache.SharedIndexInformer; i.AddEventHandler(cache.ResourceEventHandlerFuncs{AddFunc: func(o any) { s.count() }})",
            "an informer's event handler",
        ),
        (
            '"k8s.io/client-go/informers";"k8s.io/client-go/tools/cache"',
            "h := &cache.ResourceEventHandlerFuncs{DeleteFunc: s.gone}; informers.Factory().Core().V1().Pods().Informer().AddEventHandler(h)",
            "an informer's event handler",
        ),
        (
            '"k8s.io/client-go/tools/cache"',
            "f := cache.FilteringResourceEventHandler{Handler: cache.ResourceEventHandlerFuncs{UpdateFunc: s.changed}}; new().AddEventHandler(f)",
            "an informer's event handler",
        ),
        (
            '"k8s.io/client-go/informers"',
            "var f informers.SharedInformerFactory; f.Core().V1().Pods().Informer().AddEventHandler(s)",
            "an informer's event handler",
        ),
        ('ctrl "sigs.k8s.io/controller-runtime"', "ctrl.NewControllerManagedBy(nil).For(nil).Complete(s)", "a controller's Reconcile"),
        ('"net/rpc"', "rpc.Register(s)", "an RPC method"),
        ('"google.golang.org/grpc"', "g := grpc.NewServer(); g.RegisterService(nil, s)", "a gRPC method"),
        ('"expvar"', 'expvar.Publish("s", expvar.Func(func() any { s.count(); return nil }))', "a published variable"),
    ],
)
def test_a_callback_of_a_library_runs_beside_its_owner(imports: str, start: str, words: str) -> None:
    body = (
        f"func Run() {{\n\ts := New()\n\t{start}\n\ts.count()\n}}\n"
        "func (s *Store) gone(o any) { s.count() }\nfunc (s *Store) changed(a, b any) { s.count() }\n"
        "func (s *Store) OnAdd(o any, first bool) { s.count() }\nfunc (s *Store) Reconcile(a, b any) (int, error) { s.count(); return 0, nil }\n"
        "func (s *Store) Call(a, b any) error { s.count(); return nil }\n"
    )
    assert contexts(imports, body) == {words}
    assert race(imports, body)


def test_a_method_value_in_a_field_carries_its_receiver() -> None:
    body = """
func (s *Store) watch(i cache.SharedIndexInformer) {
	i.AddEventHandler(cache.ResourceEventHandlerFuncs{AddFunc: s.added, DeleteFunc: s.added})
	s.count()
}
func (s *Store) added(o any) { s.count() }
"""
    facts = facts_of('package p\n\nimport "k8s.io/client-go/tools/cache"\n' + HEAD + body)
    found = Program([facts]).races.by_map["fexample.com/p.Store.hits"]
    assert {witness.path for witness in found if witness.context.kind == "spawn"} == {("r", "hits")}


@pytest.mark.parametrize(
    ("imports", "body"),
    [
        ('"sync"', "func Run() {\n\ts := New()\n\tp := sync.Pool{New: func() any { s.count(); return nil }}\n\tp.Get()\n\ts.count()\n}\n"),
        ('"sync"', "func Run(o *sync.Once) {\n\ts := New()\n\to.Do(s.count)\n\ts.count()\n}\n"),
        (
            '"golang.org/x/sync/singleflight"',
            'func Run(g *singleflight.Group) {\n\ts := New()\n\tg.Do("k", func() (any, error) { s.count(); return nil, nil })\n\ts.count()\n}\n',
        ),
        ('"sort"', "func Run(a []int) {\n\ts := New()\n\tsort.Slice(a, func(i, j int) bool { s.count(); return true })\n\ts.count()\n}\n"),
        ('"github.com/go-chi/chi/v5"', 'func (s *Store) routes(r chi.Router) { r.Route("/", func(r chi.Router) { s.count() }) }\n'),
    ],
)
def test_what_is_called_before_an_api_returns_is_no_goroutine(imports: str, body: str) -> None:
    assert contexts(imports, body) == set()
    assert not race(imports, body)


def test_what_an_api_waits_for_is_over_when_it_returns() -> None:
    imports = '"cloud.google.com/go/pubsub";"context"'
    body = """
func Run(q *pubsub.Subscription) {
	n := map[string]int{}
	q.Receive(context.Background(), func(c context.Context, m *pubsub.Message) { %s })
	n["b"]++
}
"""
    assert race(imports, body % 'n["a"]++')
    assert not race(imports, body % "println(len(n))")
    assert not race(
        '"testing"',
        'func BenchmarkA(b *testing.B) {\n\tn := map[string]int{}\n\tb.RunParallel(func(p *testing.PB) { println(len(n)) })\n\tn["b"]++\n}\n',
    )


def test_a_handler_that_a_test_calls_itself_is_no_goroutine() -> None:
    source = 'package p\n\nimport "net/http"\n' + HEAD + SERVED + "func TestGet(t T) {\n\ts := New()\n\tassert.HTTPSuccess(t, s.get)\n}\n"
    program = Program([facts_of({"p_test.go": source})])
    assert program.races.pairs == []


BUS = """
type Bus struct { queue []func() }

func (b *Bus) On(name string, f func()) { b.queue = append(b.queue, f) }

func Run(b *Bus) {
	s := New()
	b.On("a", s.count)
	s.count()
}
"""


def test_a_configured_api_of_the_program_makes_a_race_visible() -> None:
    assert not race("", BUS)
    assert race("", BUS, configured("example.com/p.Bus.On"))
    assert contexts("", BUS, configured("example.com/p.Bus.On", [1])) == {"a callback of p.Bus.On"}
    assert contexts("", BUS, configured("example.com/p.Bus.On", [0])) == set()


def test_a_configured_callback_races_with_itself_if_it_says_so() -> None:
    alone = BUS.replace("\ts.count()\n}", "}")
    assert race("", alone, configured("example.com/p.Bus.On", parallel=True))
    assert not race("", alone, configured("example.com/p.Bus.On", parallel=False))


ACTOR = """
type inbox struct { queue chan func() }
func (b *inbox) run() { for f := range b.queue { go f() } }
func (b *inbox) Send(f func()) { b.queue <- f }
func (b *inbox) Do(other int, f func()) { b.queue <- f }
func use(a, b *inbox) { go a.run(); go b.run(); s := New(); a.Send(s.count); SEND }
"""


@pytest.mark.parametrize(
    ("send", "serial", "races"),
    [
        ("a.Send(s.count)", "receiver", False),
        ("a.Send(s.count)", None, True),
        ("for range 3 { a.Send(s.count) }", "receiver", False),
        ("a.Send(s.count); go s.count()", "receiver", True),
        ("a.Send(func() { go s.count() }); a.Send(s.count)", "receiver", True),
    ],
)
def test_a_configured_actor_runs_what_it_is_sent_one_at_a_time(send: str, serial: Literal["receiver"] | None, races: bool) -> None:
    assert race("", ACTOR.replace("SEND", send), configured("example.com/p.inbox.Send", serial=serial)) is races


PHONY = """
type actor struct { phony.Inbox; seen map[string]int }
type core struct { phony.Inbox; seen map[string]int; actor *actor }
func newActor() *actor { return &actor{seen: map[string]int{}} }
func (a *actor) see() { a.seen["a"]++ }
func (a *actor) later(f func()) { a.Act(nil, f) }
func main() { a, b, c := newActor(), newActor(), &core{}; other := map[string]int{}; a.Act(nil, a.see); BODY; _, _, _ = b, c, other }
"""


@pytest.mark.parametrize(
    ("body", "races"),
    [
        ("a.Act(nil, a.see)", False),
        ("for range 3 { a.Act(b, a.see) }", False),
        ("a.Act(nil, func() { a.see() }); phony.Block(a, a.see)", False),
        ("phony.Block(a, func() { clear(a.seen) })", False),
        ("a.later(a.see); a.later(func() { a.see() })", False),
        ("time.AfterFunc(1, func() { a.Act(nil, a.see) })", False),
        ("go func() { defer phony.Block(a, a.see) }()", False),
        ("a.see()", True),
        ("time.AfterFunc(1, a.see)", True),
        ("a.Act(nil, func() { go a.see() })", True),
        ("b.Act(nil, func() { a.see() })", True),
        ("phony.Block(b, a.see)", True),
        ("phony.Block(c, a.see)", True),
        ("a.later(func() { go a.see() })", True),
        ("a.Act(nil, func() { other[`a`]++ }); b.Act(nil, func() { other[`a`]++ })", True),
        ("for range 3 { own := &actor{}; own.Act(nil, func() { other[`a`]++ }) }", True),
    ],
)
def test_an_actor_runs_what_it_is_sent_one_at_a_time(body: str, races: bool) -> None:
    assert race('"time";"github.com/Arceliar/phony"', PHONY.replace("BODY", body)) is races


@pytest.mark.parametrize(
    ("draw", "races"), [("u.app.QueueUpdateDraw(u.count)", False), ("u.app.QueueUpdate(func() { u.count() })", False), ("u.count()", True)]
)
def test_an_event_loop_runs_what_it_is_handed_one_at_a_time(draw: str, races: bool) -> None:
    source = (
        "type view struct { app *tview.Application; rows map[string]int }\nfunc (u *view) count() { u.rows[`a`]++ }\n"
        f"func (u *view) watch() {{ {draw} }}\n"
        "func main() { u := &view{app: tview.NewApplication(), rows: map[string]int{}}; for range 3 { go u.watch() } }"
    )
    assert race('"github.com/rivo/tview"', source) is races


def test_an_addition_replaces_the_shipped_entry() -> None:
    own = Callback("time.AfterFunc", (0,))
    assert table([own]).of("time.AfterFunc") is own
    assert table().of("time.AfterFunc") == shipped()["time.AfterFunc"]


def test_an_api_is_found_by_the_tokens_of_calls() -> None:
    known = table()
    for token in ("golang.org/x/sync/errgroup.Group.Go", "!golang.org/x/sync/errgroup.Group.Go", "golang.org/x/sync/errgroup.WithContext().Go"):
        assert known.of(token) == shipped()["golang.org/x/sync/errgroup.Group.Go"]
    for token in ("?0", "=gp.x", "&p.f", ".Go", "p.New().Go"):
        assert known.of(token) is None


def test_the_table_is_well_formed() -> None:
    names = [callback.function for entry in _data().callback for callback in entry.callbacks()]
    assert len(names) == len(set(names))
    qualified = re.compile(r"([\w.-]+/)*[\w.-]+(\.[A-Z]\w*){1,2}|\.[A-Z]\w*")
    assert [name for name in (*names, *_data().results) if not qualified.fullmatch(name)] == []
    assert all(shipped()[name].methods for name in names if name[0] == ".")
    owners = {name.rpartition(".")[0] for name in (*names, *_data().results)}
    assert [kind for kind in (*_data().results.values(), *_data().fluent) if kind not in owners] == []


@pytest.mark.parametrize(("register", "races"), [('nc.Subscribe("a", s.on)', False), ("time.AfterFunc(1, func() { s.on(nil) })", True)])
def test_events_of_a_registration_that_is_tried_again_come_one_by_one(register: str, races: bool) -> None:
    body = f"""
func (s *Store) watch(nc *nats.Conn) {{ {register} }}
func (s *Store) Start(nc *nats.Conn) {{
	for {{
		s.watch(nc)
	}}
}}
func (s *Store) on(m *nats.Msg) {{ s.count() }}
"""
    assert race('"time";"github.com/nats-io/nats.go"', body) is races


def test_what_is_kept_for_events_by_code_out_of_sight_is_assumed_to_run_beside_its_callers() -> None:
    body = """
type server interface { SetMessageHandler(f func(string)) }
func (s *Store) Listen(to server) { to.SetMessageHandler(s.message) }
func (s *Store) message(k string) { delete(s.hits, k) }
func (s *Store) Add(k string) { s.hits[k] = 1 }
"""
    program = Program([facts_of("package p\n" + HEAD + body)])
    assert {(verdict.kind, verdict.certain) for verdict in program.verdicts} == {("write", False)}


def test_a_function_that_is_given_to_code_out_of_sight_under_another_name_is_called_there() -> None:
    body = """
type sorter interface { Each(f func(string)) }
func (s *Store) Walk(over sorter) { over.Each(s.one) }
func (s *Store) one(k string) { delete(s.hits, k) }
func (s *Store) Add(k string) { s.hits[k] = 1 }
"""
    assert Program([facts_of("package p\n" + HEAD + body)]).verdicts == []


EVENTS = """
func (s *Store) Add() { s.count() }
func (s *Store) connected(c any) { s.count() }
"""


@pytest.mark.parametrize("field", ["OnConnect", "ErrorHandler", "progressCallback"])
def test_a_function_that_is_put_into_a_field_of_code_out_of_sight_is_called_for_events(field: str) -> None:
    body = EVENTS + f"func (s *Store) Dial() {{ o := mq.NewOptions().Address(`a`); o.{field} = s.connected; mq.Connect(o) }}\n"
    assert contexts('"example.com/mq"', body) == {f"a callback of o.{field}"}
    assert race('"example.com/mq"', body)


def test_a_function_that_is_put_into_a_field_of_the_program_is_called_by_the_program() -> None:
    body = EVENTS + "type options struct { OnConnect func(any) }\nfunc (s *Store) dial(o *options) { o.OnConnect = s.connected; o.OnConnect(nil) }\n"
    assert contexts('"example.com/mq"', body) == set()
    assert contexts('"example.com/mq"', EVENTS + "func (s *Store) dial(o *mq.Options) { o.Format = s.connected }\n") == set()


def test_a_field_of_a_literal_may_have_the_name_of_the_local_variable_that_it_gets() -> None:
    body = """
type task struct { run func() }
func (t *task) start() { go t.run() }
func Run() {
	s := New()
	run := func() { s.count() }
	t := &task{run: run}
	t.start()
	s.count()
}
"""
    assert race('"sync"', body)
