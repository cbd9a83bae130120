"""Pieces of large buffers in maps."""

from __future__ import annotations

import pytest

from golint_maps.flow.pinned_buffers import PinnedBuffer
from golint_maps.testing import facts_of

HEAD = """package p

import (
	"bytes"
	"io"
	"os"
	"regexp"
	"strings"
)

var word = regexp.MustCompile(`x`)

var kept any

func use(ix *index) {}

const (
	size    = 64 << 10
	comment = "#"
)

type entry struct{ title string }
type name string

type index struct {
	text   map[string]string
	bytes  map[string][]byte
	lists  map[string][]string
	fixed  map[string][16]byte
	named  map[name]entry
}
"""


def parts(text: str) -> list[str]:
    body = f"func (ix *index) f(k string, r io.Reader) {{\ndata, _ := io.ReadAll(r)\ntext := string(data)\n_ = text\n{text}\n}}"
    return [fact.part for fact in facts_of(f"{HEAD}\n{body}\n").facts if isinstance(fact, PinnedBuffer)]


@pytest.mark.parametrize(
    ("store", "part"),
    [
        ("ix.text[k] = text[:8]", "value"),
        ("ix.text[text[2:8]] = k", "key"),
        ("ix.bytes[k] = data[4:8]", "value"),
        ("head := data[4:8]; ix.bytes[k] = head", "value"),
        ("ix.text[k] = strings.TrimSpace(text[:8])", "value"),
        ('ix.text[k] = strings.Split(text, "\\n")[0]', "value"),
        ('for _, line := range strings.Split(text, "\\n") { ix.text[k] = line }', "value"),
        ("for line := range strings.Lines(text) { ix.text[k] = line }", "value"),
        ('for _, line := range strings.Split(text, "\\n") { f := strings.Fields(line); ix.text[f[0]] = k }', "key"),
        ('a, b, _ := strings.Cut(text, "="); _ = b; ix.text[k] = a', "value"),
        ('var line string; for text != "" { line, text, _ = strings.Cut(text, "\\n"); ix.text[k] = line }', "value"),
        ("ix.named[name(text[:4])] = entry{}", "key"),
        ("ix.named[name(k)] = entry{title: text[:4]}", "value"),
        ("ix.lists[k] = append(ix.lists[k], text[:4])", "value"),
        ("file, _ := os.ReadFile(k); ix.bytes[k] = bytes.TrimSpace(file[3:9])", "value"),
        ("ix.text[k] = word.FindString(text)", "value"),
        ("m := map[string]string{}; m[k] = text[2:8]; ix.text = m", "value"),
        ("for _, found := range word.FindAllString(text, -1) { ix.text[found] = k }", "key"),
        ("var buf bytes.Buffer; io.Copy(&buf, r); ix.text[k] = buf.String()[:4]", "value"),
        ("m := map[string]string{}; m[k] = text[:8]; ix.text = m", "value"),
        ("m := map[string]string{}; m[k] = text[:8]; use(&index{text: m})", "value"),
        ("buf := make([]byte, size); n, _ := r.Read(buf); ix.bytes[k] = buf[:n]", "value"),
    ],
)
def test_a_piece_in_a_map_keeps_the_whole(store: str, part: str) -> None:
    assert parts(store) == [part]


LOOP = 'for _, line := range strings.Split(text, "\\n") {{ a, b, ok := strings.Cut(line, "="); _ = ok; {} }}'


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("if !strings.HasPrefix(a, k) { continue }; ix.text[a] = b", ["value"]),
        ("if a == k { ix.text[a] = b }", ["value"]),
        ("if _, wanted := ix.lists[a]; !wanted { continue }; ix.text[a] = b", ["value"]),
        ("if ix.named[name(a)] != (entry{}) { ix.text[a] = b }", ["value"]),
        ('if !ok || strings.HasPrefix(a, "#") { continue }; ix.text[a] = b', []),
        ('if a == "" || b == comment { continue }; ix.text[a] = b', []),
        ("if _, twice := ix.text[a]; twice { continue }; ix.text[a] = b", []),
        ("if a == b { continue }; ix.text[a] = b", []),
        ("if a == k { println(a) }; ix.text[a] = b", []),
    ],
)
def test_a_parser_that_keeps_some_lines_keeps_all(body: str, found: list[str]) -> None:
    assert parts(LOOP.format(body)) == found


@pytest.mark.parametrize(
    ("kind", "body", "found"),
    [
        ("string]bool", "m[a] = true", ["key"]),
        ("string]struct{}", "m[strings.TrimSpace(a)] = struct{}{}", ["key"]),
        ("name]int", "m[name(a)]++", ["key"]),
        ("string]int", "m[line[:3]] = len(b)", ["key"]),
        ("string]bool", "f := strings.Fields(line); m[f[0]] = true", ["key"]),
        ("string]string", "m[a] = b", []),  # the values are there, too
        ("string]string", "m[a] = k", []),
        ("string]bool", "m[line] = true", []),  # the lines are the text
        ("string]bool", "m[strings.TrimSpace(line)] = true", []),
        ("string]bool", "m[strings.Clone(a)] = true", []),
        ("string]bool", "m[strings.ToUpper(a)] = true", []),
    ],
)
def test_a_parser_that_gives_its_caller_only_names_throws_the_rest_away(kind: str, body: str, found: list[str]) -> None:
    text = LOOP.format(f"_, _ = a, b; {body}")
    assert parts(f"m := map[{kind}{{}}; {text}; kept = m") == found
    assert parts(f"m := map[{kind}{{}}; {text}; println(len(m))") == []


@pytest.mark.parametrize(
    "store",
    [
        "ix.text[k] = strings.Clone(text[:8])",
        "ix.bytes[k] = bytes.Clone(data[:8])",
        "ix.bytes[k] = append([]byte(nil), data[:8]...)",
        "ix.text[k] = string(data[:8])",
        "ix.fixed[k] = [16]byte(data[:16])",
        "ix.text[k] = text",
        "ix.text[k] = strings.TrimSpace(text)",
        "ix.text[k] = strings.ToUpper(text[:8])",
        'ix.text[k] = "x" + text[:8]',
        "m := map[string]string{}; m[k] = text[:8]",
        "buf := make([]byte, 64); n, _ := r.Read(buf); ix.bytes[k] = buf[:n]",
        "var buf bytes.Buffer; buf.WriteString(k); ix.text[k] = buf.String()[:4]",
        'for _, line := range strings.Split(text, "\\n") { a, b, _ := strings.Cut(line, "="); ix.text[a] = b }',
        'm := map[string]string{}; for _, line := range strings.Split(text, "\\n") { m[k] = line }; use(&index{text: m})',
        "slab := make([]byte, size); ix.bytes[k] = slab[:8]",
    ],
)
def test_copies_wholes_and_maps_that_go_with_the_function_are_fine(store: str) -> None:
    assert parts(store) == []
