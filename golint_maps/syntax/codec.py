"""Facts as bytes and back: MessagePack, structs as arrays."""

from __future__ import annotations

from typing import Final

import msgspec

from golint_maps.syntax.ir import FileFacts

_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(FileFacts)


def encode(facts: FileFacts) -> bytes:
    """Encode facts. Equal facts give equal bytes."""
    return _ENCODER.encode(facts)


def decode(blob: bytes) -> FileFacts:
    """Decode what `encode` gave. Raises `msgspec.DecodeError` (or its subclass `ValidationError`) for anything else."""
    return _DECODER.decode(blob)
