"""Where a rule's text is written: the file and the field of every rule that a contract applies.

Only faults are shown with it; what a rule means is read in `padanan/contracts/rules.py`.
"""

from __future__ import annotations

from pathlib import Path

from padanan.base.errors import ContractError
from padanan.base.yaml_source import FieldPath, YamlSource
from padanan.contracts.contract import Contract, expectations_dir


class Places:
    """The files of one `expectations/` folder, each opened when a fault is to be shown in it."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or expectations_dir()
        self._open: dict[Path, YamlSource] = {}

    def source(self, path: Path) -> YamlSource:
        """The file, read once."""
        if path not in self._open:
            self._open[path] = YamlSource(path)
        return self._open[path]

    def in_contract(self, contract: Contract, rule_id: str) -> tuple[YamlSource, FieldPath]:
        """The entry with which a contract takes the rule up."""
        source = self.source(contract.path)
        for index, entry in enumerate(source.data["schema"][0].get("quality") or []):
            if entry.get("name") == rule_id:
                return source, ("schema", 0, "quality", index)
        return source, ("schema", 0, "quality")

    def written(self, contract: Contract | None, rule_id: str) -> tuple[YamlSource, FieldPath]:
        """The entry that holds the rule's predicates: the contract's own when it writes the rule whole, else the catalogue's."""
        if contract is not None:
            source, path = self.in_contract(contract, rule_id)
            entry = source.data["schema"][0]["quality"][path[-1]] if len(path) == 4 else {}
            if "gagal" in (entry.get("implementation") or {}):
                return source, (*path, "implementation")
        return self.source(self.folder / "rules.yaml"), ("rules", rule_id)

    def error(self, contract: Contract | None, rule_id: str, part: str, cause: str, cure: str) -> ContractError:
        """A `ContractError` at the rule's text; `part` is berlaku, gagal or rincian."""
        source, path = self.written(contract, rule_id)
        return source.error((*path, part), cause, cure)
