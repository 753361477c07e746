"""Draw docs/workflows.md from the tables, or say with --check that it is stale."""

import importlib
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import TextChoices
from django.utils.module_loading import module_has_submodule
from django.utils.translation import override

from tongxin.casework.workflow import Workflow

HEAD = """# 流程 · Workflows

这一页是画出来的，不要手改：`python manage.py draw_workflows`。
Drawn from the tables in each app's `workflow.py`; do not edit.
"""


def tables() -> Iterator[tuple[str, Workflow]]:
    """Every workflow of the house, by the app's name."""
    for config in sorted(apps.get_app_configs(), key=lambda config: config.label):
        ours = config.name.startswith("tongxin.") and config.label != "casework"
        if not ours or not module_has_submodule(config.module, "workflow"):
            continue
        module = importlib.import_module(f"{config.name}.workflow")
        found = {name: value for name, value in vars(module).items() if isinstance(value, Workflow)}
        yield from ((f"{config.label}.{name}", found[name]) for name in sorted(found))


def labels(workflow: Workflow) -> dict[str, str]:
    """Status -> its Chinese, where the statuses are a Django enumeration."""
    statuses = type(workflow.initial)
    return {str(s.value): str(s.label) for s in statuses} if issubclass(statuses, TextChoices) else {}


def draw(name: str, workflow: Workflow) -> str:
    said = labels(workflow)

    def status(value: str) -> str:
        return f"{said.get(value, value)} `{value}`"

    lines = [f"\n## {name}\n", "```mermaid", "stateDiagram-v2"]
    lines += [f"    {value}: {said.get(value, value)}" for value in map(str, workflow.groups)]
    lines.append(f"    [*] --> {workflow.initial}")
    for step in workflow.steps.values():
        lines += [f"    {source} --> {step.target}: {step.label}" for source in step.sources if step.target]
    lines += [f"    {value} --> [*]" for value, group in workflow.groups.items() if str(group) != "open"]
    lines += ["```\n", "| 步骤 step | 从 from | 到 to | 谁 who |", "|---|---|---|---|"]
    for step in workflow.steps.values():
        target = status(str(step.target)) if step.target else "不变 the same"
        sources = "、".join(status(str(source)) for source in step.sources)
        lines.append(f"| {step.label} `{step.name}` | {sources} | {target} | `{step.who.__name__}` |")
    lines += ["", "| 状态 status | 组 group |", "|---|---|"]
    lines += [f"| {status(str(value))} | {group} |" for value, group in workflow.groups.items()]
    return "\n".join(lines) + "\n"


class Command(BaseCommand):
    help = "Draw docs/workflows.md from the workflow tables."
    requires_system_checks = []  # it looks at tables only

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail when the page is stale")

    def handle(self, *args: Any, **options: Any) -> None:
        page = Path(settings.ROOT) / "docs" / "workflows.md"
        with override("zh-hans"):
            drawn = HEAD + "".join(draw(name, workflow) for name, workflow in tables())
        if options["check"]:
            if not page.exists() or page.read_text("utf-8") != drawn:
                raise CommandError("docs/workflows.md is stale: python manage.py draw_workflows")
        else:
            page.write_text(drawn, "utf-8")
            self.stdout.write(f"{page.name}: {drawn.count(chr(10))} lines")
