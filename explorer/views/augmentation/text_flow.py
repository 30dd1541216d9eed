"""From a sentence to its views, and from these to their cosines: the newest request wins."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer

from explorer.context import AppContext
from explorer.encoder_choice import EncoderChoice
from explorer.latest import Latest
from explorer.views.augmentation.text_form import TextForm
from explorer.views.augmentation.text_panel import TextPanel
from explorer.views.augmentation.text_rows import edit_rows, note, pass_rows, plain_rows
from explorer.views.augmentation.text_stage import TextStage
from explorer.views.augmentation.text_views import ViewRow
from explorer.views.augmentation.text_work import (
    Opened,
    Translated,
    comparing,
    drawing,
    opening,
    passing,
    translating,
)
from models.augment.edited import Edited
from models.augment.text_passes import PASSES, Passes
from models.augment.text_studio import Compared, Cosines, Drawn, SentenceMemory, StudioRequest
from models.encoders.base import Encoder

_BACK = "back-translation"
_PAUSE_MS = 600  # a translation takes seconds, so it waits for the typing to pause
_TRANSLATING = "Translating …"
_NO_MODELS = "Choose two translation models at the left to see what they make of the sentence."


class TextFlow(QObject):
    """Shows in ``stage`` what was drawn at once; the cosines follow, there and in ``panel``.

    Those of edits come from the encoder, those of cutoff and dropout from the same encoder taken
    apart, which takes longer.
    """

    def __init__(
        self,
        context: AppContext,
        form: TextForm,
        encoders: EncoderChoice,
        panel: TextPanel,
        stage: TextStage,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.context = context
        self.form, self.encoders, self.panel, self.stage = form, encoders, panel, stage
        self.drawn: Drawn | None = None
        self.translated: tuple[Edited, ...] = ()
        # Cosines by method, and of which sentence under which encoder they are.
        self.known: dict[str, tuple[str, Encoder, Cosines]] = {}
        self._failed: set[str] = set()
        self._others: Cosines | None = None
        self._memory: SentenceMemory | None = None
        self._opened: Opened | None = None
        self.drawing = Latest(context.jobs, "Drawing views", self)
        self.measuring = Latest(context.jobs, "Comparing views", self)
        self.opening = Latest(context.jobs, "Loading the encoder", self)
        self.passing = Latest(context.jobs, "Erasing and dropping out", self)
        self.translating = Latest(context.jobs, "Translating", self, quiet=False)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._connect()
        self._fail(_BACK, _NO_MODELS)

    @property
    def busy(self) -> bool:
        """Whether anything is still to come."""
        works = (self.drawing, self.measuring, self.opening, self.passing, self.translating)
        return self._pause.isActive() or self.stage.busy or any(work.busy for work in works)

    def _connect(self) -> None:
        self.form.translators.changed.connect(self._translate)
        self.panel.zoomed.connect(self._show_cosines)
        self.panel.late.connect(self._fade)
        self.encoders.loaded.connect(self._loaded)
        self.encoders.loading.failed.connect(lambda _: self.panel.refuse())
        self.measuring.failed.connect(lambda _: self.panel.give_up())
        self._pause.timeout.connect(self._translate)
        for work, arrived in (
            (self.drawing, self._show_drawn),
            (self.measuring, self._show_compared),
            (self.opening, self._show_opened),
            (self.passing, self._show_passed),
            (self.translating, self._show_translated),
        ):
            work.arrived.connect(arrived)
            work.failed.connect(self.context.notices.report)

    # Views

    def draw(self, request: StudioRequest | None) -> None:
        """Draws views, or forgets what was drawn where there is no sentence."""
        if request is not None:
            self.drawing.ask(lambda: drawing(request))
            return
        for work in (self.drawing, self.measuring, self.passing, self.translating):
            work.forget()
        self._pause.stop()
        self.panel.give_up()
        self.form.show_words(0)
        self.drawn = None

    def _show_drawn(self, found: tuple[Drawn, str]) -> None:
        drawn, trouble = found
        other = self.drawn is None or drawn.request.text != self.drawn.request.text
        self.drawn = drawn
        self.form.show_words(drawn.words)
        self.stage.show_sentence(drawn.request.text)
        for name, views in drawn.views.items():
            if trouble and name in ("synonym", "insertion"):
                self._fail(name, trouble)
            else:
                rows = edit_rows(views)
                share = drawn.request.crop if name == "crop" else drawn.request.alpha
                self._show(name, rows, note(name, rows, share))
        if other:  # what was erased of another sentence is not that of this one
            for name in {"cutoff-token", "cutoff-span"} - self._failed:
                self.stage.show_rows(name, plain_rows(drawn.request))
        if self.form.translators.spec() is not None:
            self.translated = ()
            self._fail(_BACK, _TRANSLATING)
            self._pause.start()
        self.compare()
        self._pass()

    # Cosines

    def _loaded(self, encoder: Encoder) -> None:
        self._memory = SentenceMemory(encoder)
        self._opened = None
        name = self.encoders.loaded_name
        self.opening.ask(lambda: opening(name, encoder), encoder)
        self.compare()

    def compare(self) -> None:
        """Compares anew; what was compared before is remembered and costs nothing."""
        drawn, memory = self.drawn, self._memory
        if drawn is None or memory is None:
            return
        project = self.context.session.project
        passages = None if project is None else project.passages
        views = dict(drawn.views)
        if self.translated:
            views[_BACK] = self.translated
        self.panel.expect()
        text = drawn.request.text
        topic = (text, memory, passages)
        self.measuring.ask(lambda: comparing(text, views, passages, memory), topic)

    def _show_compared(self, found: tuple[str, Encoder, Compared]) -> None:
        text, encoder, compared = found
        for name, part in compared.views.items():
            if name not in self._failed:
                self.known[name] = (text, encoder, part)
        self._others = compared.others
        count = len(compared.others)
        own = self.context.session.project is None
        self.panel.describe(
            encoder, f"{count} {'written for this place' if own else 'out of the open corpus'}"
        )
        self._show_cosines()
        if self.measuring.waiting:
            self.panel.expect()

    def _show_opened(self, opened: Opened) -> None:
        self._opened = opened
        self._pass()

    def _pass(self) -> None:
        drawn, opened = self.drawn, self._opened
        if drawn is not None and opened is not None:
            request = drawn.request
            self.passing.ask(lambda: passing(request, opened), (request.text, opened))

    def _show_passed(self, found: tuple[Opened, Passes | None]) -> None:
        opened, passed = found
        for name in PASSES:
            if passed is None:
                self._fail(name, opened.trouble)
            else:
                text = passed.request.text
                self.known[name] = (text, opened.encoder, passed.cosines[name])
                rows = pass_rows(name, passed)
                self._show(name, rows, note(name, rows, passed.request.cutoff))
        self._show_cosines()

    def _fade(self) -> None:
        for card in self.stage.cards.values():
            card.views.fade()

    def _show_cosines(self) -> None:
        """All that is known, on one axis; what is not of this sentence and encoder is faded."""
        if self.drawn is None or self._others is None:
            return
        now = (self.drawn.request.text, self.encoders.encoder)
        cards = self.stage.cards
        found = {name: part for name, (*_, part) in self.known.items()}
        old = {name for name in found if self.known[name][:2] != now}
        low = self.panel.lowest(found, self._others)
        for name, cosines in found.items():
            cards[name].show_cosines(cosines, self._others, low)
            cards[name].views.fade(name in old)
        self.panel.show_cosines(found, self._others, low, old)

    # Back-translation

    def _translate(self) -> None:
        spec, drawn = self.form.translators.spec(), self.drawn
        if spec is None:
            self.translating.forget()
            self.translated = ()
            self._fail(_BACK, _NO_MODELS)
            self.compare()
        elif drawn is not None:
            request = drawn.request
            self._fail(_BACK, _TRANSLATING)
            self.translating.ask(
                lambda: translating(request.text, request.count, request.seed, spec), request
            )

    def _show_translated(self, found: Translated) -> None:
        if self.drawn is None or found.text != self.drawn.request.text:
            return  # that of this sentence will follow
        self.translated = found.views
        if found.trouble:
            self._fail(_BACK, found.trouble)
        else:
            self._show(_BACK, edit_rows(found.views))
        self.compare()

    def _show(self, name: str, rows: Sequence[ViewRow], note: str = "") -> None:
        """There are views by ``name``."""
        self._failed.discard(name)
        self.stage.show_rows(name, rows, note)

    def _fail(self, name: str, why: str) -> None:
        """There are no views by ``name``."""
        self._failed.add(name)
        self.known.pop(name, None)
        self.stage.show_trouble(name, why)
