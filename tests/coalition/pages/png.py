"""A PNG as its pixels, decoded by hand: what was drawn is looked at, not how."""

import struct
import zlib

Pixel = tuple[int, ...]


def pixels(png: bytes) -> list[list[Pixel]]:
    """Rows of pixels of an 8-bit image without interlace, in colour with or without transparency."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    at, packed = 8, b""
    while at < len(png):
        length, kind = struct.unpack(">L4s", png[at : at + 8])
        chunk = png[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            width, _, depth, colour, _, _, interlaced = struct.unpack(">LLBBBBB", chunk)
            assert (depth, interlaced) == (8, 0)
        packed += chunk if kind == b"IDAT" else b""
        at += length + 12
    size = {0: 1, 2: 3, 4: 2, 6: 4}[colour]
    stride, flat = width * size, zlib.decompress(packed)
    rows, before = [], bytearray(stride)
    for start in range(0, len(flat), stride + 1):
        line = bytearray(flat[start + 1 : start + 1 + stride])
        _unfilter(flat[start], line, before, size)
        rows.append([tuple(line[n : n + size]) for n in range(0, stride, size)])
        before = line
    return rows


def _unfilter(kind: int, line: bytearray, above: bytearray, size: int) -> None:
    for n in range(len(line)):
        left = line[n - size] if n >= size else 0
        corner = above[n - size] if n >= size else 0
        if kind == 1:
            line[n] = (line[n] + left) & 255
        elif kind == 2:
            line[n] = (line[n] + above[n]) & 255
        elif kind == 3:
            line[n] = (line[n] + (left + above[n]) // 2) & 255
        elif kind == 4:
            guess = left + above[n] - corner
            nearest = min((abs(guess - near), nth, near) for nth, near in enumerate((left, above[n], corner)))
            line[n] = (line[n] + nearest[2]) & 255


def ink(first: list[list[Pixel]], second: list[list[Pixel]], box: tuple[float, float, float, float]) -> int:
    """How many pixels of two pictures differ inside left, top, right and bottom."""
    left, top, right, bottom = (max(0, round(edge)) for edge in box)
    rows = zip(first[top:bottom], second[top:bottom], strict=True)
    return sum(a != b for one, other in rows for a, b in zip(one[left:right], other[left:right], strict=True))
