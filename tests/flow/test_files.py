"""What is worked out once for each file."""

from __future__ import annotations

from golint_maps.flow.files import families, forget, of_file
from golint_maps.syntax import extract, ir


def test_what_depends_on_a_file_alone_is_worked_out_once() -> None:
    forget()
    file = extract(b"package p\nfunc f() {}\n")
    seen: list[ir.FileFacts] = []

    def count(facts: ir.FileFacts) -> int:
        seen.append(facts)
        return len(facts.functions)

    assert [of_file(file, count), of_file(file, count)] == [1, 1]
    assert len(seen) == 1
    forget()
    assert of_file(file, count) == 1
    assert len(seen) == 2


def test_a_family_is_a_function_and_the_literals_inside_of_it() -> None:
    file = extract(b"package p\nfunc f() { g(func() { func() {}() }) }\nfunc g(func()) {}\n")
    found = families(file)
    assert {file.functions[root].name: len(family) for root, family in found.items()} == {"f": 3, "g": 1}
    assert all(family[0] == root for root, family in found.items())
