"""Faces in words: in a line, and one by one."""

from dataclasses import replace

from aesplugin.face import Eyes, Face, Facing
from aesplugin.services.faces import eyes_of, faces_line

OPEN = Face(
    box=(0.2, 0.2, 0.4, 0.4), confidence=0.9, width=812.4, measured_width=160, eyes=Eyes.OPEN
)
AWAY = replace(OPEN, eyes=Eyes.UNSURE, facing=Facing.AWAY, turned=0.9)
RED = replace(OPEN, red_eyes=True)


def test_a_line_of_faces() -> None:
    assert faces_line([]) == "no face found"
    assert faces_line([OPEN]) == "1 face: eyes open; 812 px wide"
    assert faces_line([AWAY]) == "1 face: turned away; 812 px wide"
    assert faces_line([RED]) == "1 face: red eyes; 812 px wide"
    red = "2 faces: eyes open, open; 1 with red eyes; the largest 812 px wide"
    assert faces_line([OPEN, RED]) == red
    two = "2 faces: eyes open, unclear; 1 turned away; the largest 812 px wide"
    assert faces_line([OPEN, AWAY]) == two
    many = "8 faces: 6 with eyes open, 2 with eyes unclear; 2 turned away; the largest 812 px wide"
    assert faces_line([OPEN] * 6 + [AWAY] * 2) == many


def test_one_face() -> None:
    assert [eyes_of(face) for face in (OPEN, AWAY, RED)] == ["eyes open", "turned away", "red eyes"]
