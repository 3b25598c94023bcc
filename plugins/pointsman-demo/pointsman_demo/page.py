"""The story on a terminal: eighty columns, a heading per step."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from pointsman import CallState, Candidate, Decision, Ranked, UsageRow
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pointsman_demo.story import Answer, Stock
from pointsman_demo.world import PROVIDER

WIDTH = 80


class Page:
    """A teller that writes on a console."""

    def __init__(self) -> None:
        width = Console().width
        self._console = Console(width=min(width, WIDTH), highlight=False)
        self._steps = 0
        self._column = 0

    def begin(self, name: str, title: str, why: str) -> None:  # noqa: ARG002 (for a document)
        self._steps += 1
        self._console.print(f"\n[bold]{self._steps}  {escape(title)}[/bold]")
        self._console.print(f"[dim]{escape(why)}[/dim]\n")

    def stock(self, stock: Stock) -> None:
        table = _table("model", "tier", "in $|", "out $|", "quality|", "tok/s|", "context|")
        for each in sorted(stock.candidates, key=_quality, reverse=True):
            rates = each.price.rates if each.price else None
            speed = each.speed.output_tokens_per_second if each.speed else None
            table.add_row(
                each.model.id,
                each.tier or "?",
                _rate(rates.input if rates else None),
                _rate(rates.output if rates else None),
                f"{_quality(each):.0f}" if each.quality else "?",
                f"{speed:.0f}" if speed else "?",
                f"{(each.context_window or 0) // 1000}k",
            )
        self._console.print(table)
        self._console.print("\nNot offered for chat:")
        for out in stock.left_out:
            self._console.print(f"  {out.model:<18} [dim]{escape(out.reason)}[/dim]")
        self._note(f"catalog {stock.hash[:12]}, prices in USD per million tokens")

    def asked(self, prompt: str) -> None:
        self._console.print(f"[bold]>[/bold] {escape(prompt)}\n")
        self._column = 0

    def piece(self, text: str) -> None:
        """Words as they come, broken before the edge."""
        for word in text.split(" ") if text.strip() else [text]:
            if self._column and self._column + len(word) + 1 > self._console.width - 2:
                self._console.print()
                self._column = 0
            if word:
                self._console.print(("" if self._column else "  ") + escape(word), end=" ")
                self._column += len(word) + (1 if self._column else 3)

    def answered(self, answer: Answer) -> None:
        response, settled = answer.response, answer.call.settlement
        self._console.print()
        attempts = settled.attempts if settled else ()
        if len(attempts) > 1:
            self._console.print()
            for each in attempts:
                ok = each.state.answered
                mark, what = ("[green]✓[/green]", "answered") if ok else ("[red]✗[/red]", each.error)
                self._console.print(f"  {mark} {each.model:<18} [dim]{what}, {each.duration:.2f} s[/dim]")
        usage = response.usage
        recorded = "recorded" if answer.call.state is CallState.SETTLED else answer.call.state
        who = f"{response.provider}/{response.requested_model}"
        tokens = f"{usage.input_tokens} in, {usage.output_tokens} out"
        self._note(f"{who} · {tokens} · {_dollars(response.usd)} · {answer.seconds:.1f} s · {recorded}")

    def decided(self, decision: Decision) -> None:
        parts = list(dict.fromkeys(name for each in decision.ranking for name in each.parts))
        table = _table("#|", "model", "score|", *(f"{name}|" for name in parts), "cost|")
        for rank, each in enumerate(decision.ranking, 1):
            figures = [f"{each.parts[name]:.2f}" if name in each.parts else "" for name in parts]
            table.add_row(str(rank), each.candidate.model.id, f"{each.score:.3f}", *figures, _cost(each))
        self._console.print(table)
        self._console.print("\nLeft out:")
        for out in decision.excluded:
            self._console.print(f"  {out.candidate.model.id:<18} [dim]{escape(out.reason)}[/dim]")
        self._note(f"strategy {decision.strategy!r}, from catalog {decision.catalog[:12]}; nobody was asked")

    def spent(self, rows: Sequence[UsageRow]) -> None:
        table = _table("model", "attempts|", "failed|", "in|", "out|", "USD, exact|")
        for each in rows:
            table.add_row(
                each.group[0],
                str(each.attempts),
                str(each.failed),
                str(each.input_tokens),
                str(each.output_tokens),
                _exact(each.usd),
            )
        total = sum((each.usd for each in rows), Decimal(0))
        table.add_section()
        table.add_row(
            "together", str(sum(each.attempts for each in rows)), "", "", "", f"[bold]{_exact(total)}[/bold]"
        )
        self._console.print(table)

    def end(self) -> None:
        """What to do next."""
        self._console.print(
            f"\n[dim]No key, no network: the provider {PROVIDER!r} ran on this machine and is gone, with "
            "its files.[/dim]\n\nWith a key of your own:\n\n"
            "  pointsman plugins              what is installed, and what turns it on\n"
            "  pointsman keys set NAME        keep a key\n"
            "  pointsman ask 'Why is …?'      ask the best model there is\n"
        )

    def _note(self, text: str) -> None:
        self._console.print(f"\n[dim]{escape(text)}[/dim]")


def _table(*titles: str) -> Table:
    """A quiet table; a bar at the end of a title aligns right."""
    table = Table(
        box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="dim", border_style="dim"
    )
    for title in titles:
        table.add_column(title.rstrip("|"), justify="right" if title.endswith("|") else "left", no_wrap=True)
    return table


def _quality(each: Candidate) -> float:
    return each.quality["general"].value if "general" in each.quality else -1.0


def _rate(usd: Decimal | None) -> str:
    return "?" if usd is None else f"{usd:.2f}"


def _exact(usd: Decimal) -> str:
    return f"{usd.normalize():f}"


def _dollars(usd: Decimal | None) -> str:
    return "cost unknown" if usd is None else f"${_exact(usd)}"


def _cost(each: Ranked) -> str:
    return "?" if each.expected.cost is None else f"${each.expected.cost:.5f}"
