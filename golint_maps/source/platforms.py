"""The operating systems, architectures and experiments that build constraints speak of."""

from __future__ import annotations

from typing import Final

NEWEST_GO: Final = 27
"""Minor version of the newest supported Go release; the default configuration has the release tags up to it."""

PLATFORMS: Final = tuple(
    tuple(name.split("/"))
    for name in (
        "linux/amd64 linux/arm64 darwin/arm64 darwin/amd64 windows/amd64 windows/arm64 windows/386 linux/386 linux/arm freebsd/amd64 freebsd/arm64 "
        "openbsd/amd64 netbsd/amd64 dragonfly/amd64 solaris/amd64 illumos/amd64 js/wasm wasip1/wasm plan9/amd64 aix/ppc64 android/arm64 "
        "android/amd64 ios/arm64 ios/amd64 linux/riscv64 linux/ppc64le linux/ppc64 linux/s390x linux/loong64 linux/mips linux/mipsle linux/mips64 "
        "linux/mips64le android/386 android/arm freebsd/386 freebsd/arm freebsd/riscv64 netbsd/386 netbsd/arm netbsd/arm64 openbsd/386 "
        "openbsd/arm openbsd/arm64 openbsd/mips64 openbsd/ppc64 openbsd/riscv64 plan9/386 plan9/arm windows/arm"
    ).split()
)
"""Pairs of GOOS and GOARCH that a Go release could build for, the usual ones first: the order decides between equally near platforms."""

KNOWN_OS: Final = frozenset(
    "aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris wasip1 windows zos".split()
)
KNOWN_ARCH: Final = frozenset(
    "386 amd64 amd64p32 arm arm64 arm64be armbe loong64 mips mips64 mips64le mips64p32 mips64p32le mipsle ppc ppc64 ppc64le riscv riscv64 s390 s390x "
    "sparc sparc64 wasm".split()
)
"""Past, present and future names: these are what counts at the end of file names, whether or not Go can build for them."""

UNIX: Final = frozenset("aix android darwin dragonfly freebsd hurd illumos ios linux netbsd openbsd solaris".split())
"""Systems that satisfy the tag `unix`, which no file name does."""

IMPLIED_OS: Final = {"android": "linux", "illumos": "solaris", "ios": "darwin"}

FEATURES: Final = {
    "386": ("386.sse2",),
    "amd64": ("amd64.v1",),
    "arm": ("arm.5", "arm.6", "arm.7"),
    "arm64": ("arm64.v8.0",),
    "mips": ("mips.hardfloat",),
    "mipsle": ("mipsle.hardfloat",),
    "mips64": ("mips64.hardfloat",),
    "mips64le": ("mips64le.hardfloat",),
    "ppc64": ("ppc64.power8",),
    "ppc64le": ("ppc64le.power8",),
    "riscv64": ("riscv64.rva20u64",),
}
"""Architecture features that are on by default."""

EXPERIMENTS: Final = {
    "goexperiment.regabiwrappers": (17, 99),
    "goexperiment.regabiargs": (17, 99),
    "goexperiment.swissmap": (24, 25),
    "goexperiment.synchashtriemap": (24, 25),
    "goexperiment.dwarf5": (25, 99),
    "goexperiment.greenteagc": (26, 99),
    "goexperiment.randomizedheapbase64": (26, 99),
    "goexperiment.jsonv2": (27, 99),
    "goexperiment.sizespecializedmalloc": (27, 99),
}
"""Experiments that are on by default, with the first and last minor release whose builds set the tag.

A tag disappears when its experiment does: from Go 1.26 on `goexperiment.swissmap` is false again, although maps are Swiss for good.
"""
