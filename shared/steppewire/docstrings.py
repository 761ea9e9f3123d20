"""What the strings below a class's attributes say: the words for schemas and reference pages."""

from __future__ import annotations

import ast
import inspect
import textwrap
from functools import cache
from itertools import pairwise


@cache
def attribute_docs(owner: type) -> dict[str, str]:
    """Return attribute -> the docstring right below it, for the attributes of one class body.

    Read from the source when a page is written, so that no service pays for it at start.
    """
    tree = ast.parse(textwrap.dedent(inspect.getsource(owner)))
    body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
    return {
        target.target.id: inspect.cleandoc(below.value.value)
        for target, below in pairwise(body)
        if isinstance(target, ast.AnnAssign)
        and isinstance(target.target, ast.Name)
        and isinstance(below, ast.Expr)
        and isinstance(below.value, ast.Constant)
        and isinstance(below.value.value, str)
    }
