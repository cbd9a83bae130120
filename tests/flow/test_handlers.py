"""Functions that a framework calls, told by their parameters."""

from __future__ import annotations

import pytest

from golint_maps.flow.handlers import handler
from golint_maps.syntax import extract


@pytest.mark.parametrize(
    ("declaration", "words"),
    [
        ("func h(w http.ResponseWriter, r *http.Request) {}", "an HTTP handler"),
        ("func h(w http.ResponseWriter, r *http.Request, ps httprouter.Params) {}", "an HTTP handler"),
        ("func (t *T) RoundTrip(r *http.Request) (*http.Response, error) { return nil, nil }", "an HTTP transport"),
        ("func (t *T) Send(r *http.Request) (*http.Response, error) { return nil, nil }", ""),
        ("func h(c *gin.Context) {}", "a gin handler"),
        ("func h(c *gin.Context, more int) {}", ""),
        ("func h(c mqtt.Client, m mqtt.Message) {}", "an MQTT message handler"),
        ("func h(c mqtt.Client) {}", ""),
        ("func (t *T) Collect(ch chan<- prometheus.Metric) {}", "a Prometheus collector"),
        ("func collect(ch chan<- prometheus.Metric) {}", ""),
        ("func h(c ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) { return nil, nil }", "an SSH authentication callback"),
        ("func h(c context.Context, r any, i *grpc.UnaryServerInfo, n grpc.UnaryHandler) (any, error) { return nil, nil }", "a gRPC interceptor"),
        ("func h(r *http.Request, c *goproxy.ProxyCtx) (*http.Request, *http.Response) { return r, nil }", "a proxy's request handler"),
        ("func h(r *http.Response, c *goproxy.ProxyCtx) *http.Response { return r }", "a proxy's response handler"),
        ("func h(c context.Context, a *app.RequestContext) {}", "a Hertz handler"),
        ("func h(c context.Context, r admission.Request) admission.Response { return r.No() }", "an admission webhook"),
        ("func h(p graphql.ResolveParams) (any, error) { return nil, nil }", "a GraphQL resolver"),
        ("func h(c context.Context, r mcp.CallToolRequest) (*mcp.CallToolResult, error) { return nil, nil }", "an MCP tool handler"),
        ("func h(c context.Context, t *asynq.Task) error { return nil }", "a task handler of asynq"),
        ("func h(c context.Context, t *asynq.Task, more int) error { return nil }", ""),
        ("func h(c context.Context, b *bot.Bot, u *models.Update) {}", "a bot's handler"),
        ("func h() {}", ""),
    ],
)
def test_parameters_tell_a_handler(declaration: str, words: str) -> None:
    assert handler(extract(f"package p\n{declaration}\n".encode()).functions[0]) == words
