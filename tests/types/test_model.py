"""How types and qualified names are written."""

from __future__ import annotations

import pytest

from golint_maps.types.model import Map, Named, brief, spell


@pytest.mark.parametrize(
    ("qualified", "short"),
    [
        ("fmt", "fmt"),
        ("net/http.Header", "http.Header"),
        ("example.com/a/b.T.m", "b.T.m"),
        ("example.com/a/b/v2", "b"),
        ("example.com/a/b/v12.Cache.items", "b.Cache.items"),
        ("example.com/a/video.Cache", "video.Cache"),
        ("v2.Cache", "v2.Cache"),
        ("gopkg.in/yaml.v3.Node", "yaml.Node"),
        ("gopkg.in/yaml.v3", "yaml"),
    ],
)
def test_a_major_version_is_no_package_name(qualified: str, short: str) -> None:
    assert brief(qualified) == short


def test_types_are_written_with_the_names_of_their_packages() -> None:
    assert spell(Map(Named("example.com/kv/v3", "Key"), Named("net/url", "URL"))) == "map[kv.Key]url.URL"
