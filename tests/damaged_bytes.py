"""Files that are changed at random."""

from hypothesis import strategies as st


def damage(content: bytes, draw: st.DataObject, longest: int = 90) -> bytes:
    """Replace one to four pieces of a file by something else."""
    for _ in range(draw.draw(st.integers(1, 4))):
        start = draw.draw(st.integers(0, len(content)))
        end = draw.draw(st.integers(start, min(len(content), start + longest)))
        marks = st.sampled_from([b"[", b"]", b'"', b","])
        new = draw.draw(st.one_of(st.binary(max_size=longest), marks))
        content = content[:start] + new + content[end:]
    return content
