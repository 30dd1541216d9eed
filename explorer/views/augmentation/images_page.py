"""Images: what SimCLR's augmentation makes of one, and the cosines of what it makes."""

import numpy as np
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QWidget

from explorer.context import AppContext
from explorer.latest import Latest
from explorer.theme import px, space, themes
from explorer.views.augmentation.cosines import CosinePanel
from explorer.views.augmentation.encoders import Encoders
from explorer.views.augmentation.form import AugmentForm
from explorer.views.augmentation.picker import ImagePicker
from explorer.views.augmentation.stage import Stage
from explorer.widgets import ScrollPage
from models.augment.studio import Cosines, Drawn, DrawRequest, Output, compare, draw, draw_others
from models.cores import one_core
from models.encoders.image_folder import ImageEncoder
from models.events import Progress, Work
from models.printed import number

_UNBOUNDED = (1 << 24) - 1  # QWIDGETSIZE_MAX
_OTHERS = 15  # images that the views are held against


class ImagesPage(QWidget):
    """Form at the left, image and views in the middle, cosines at the right, or below them.

    A changed form draws anew and compares anew; a changed encoder only compares anew.
    """

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self._left = ScrollPage(keys=False, parent=self)
        self._right = ScrollPage(keys=False, parent=self)
        self.form = AugmentForm(self._left.viewport())
        self.picker = ImagePicker(context)
        self.stage = Stage(self.picker, self._right.body)
        self.encoders = Encoders(context, self)
        self.panel = CosinePanel(self.encoders, self._right.body)
        self.drawing = Latest(context.jobs, "Drawing views", self)
        self.measuring = Latest(context.jobs, "Comparing views", self)
        self._build()
        self._connect()

    def _build(self) -> None:
        self._left.setWidget(self.form)
        self._body = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._right.body)
        self._body.addWidget(self.stage, 1)
        self._body.addWidget(self.panel)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self._left)
        self._row.addWidget(self._right, 1)
        themes().changed.connect(self._arrange)

    def _connect(self) -> None:
        session, report = self.context.session, self.context.notices.report
        self.form.changed.connect(self._draw)
        self.form.side_changed.connect(self.picker.resize_to)
        self.picker.changed.connect(self._draw)
        self.picker.reading.failed.connect(lambda _: self._say_side())
        self.panel.changed.connect(self._compare)
        self.panel.looked_at.connect(self._look)
        self.encoders.loaded.connect(self._loaded)
        self.encoders.loading.failed.connect(lambda _: self.panel.give_up())
        self.drawing.arrived.connect(self._drawn)
        self.drawing.failed.connect(report)
        self.measuring.arrived.connect(self._compared)
        self.measuring.failed.connect(self._not_compared)
        session.run_changed.connect(self.encoders.want)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._arrange()
        if self.picker.images is None and not self.picker.reading.busy:
            self.picker.open("shapes")

    # Views

    def request(self) -> DrawRequest | None:
        """What is to be drawn now; None while there are no images."""
        images, row = self.picker.images, self.picker.row
        if images is None:
            return None
        # The images that follow, from the first again after the last.
        others = (row + 1 + np.arange(min(_OTHERS, len(images) - 1))) % len(images)
        pixels = images.pixels[others]
        count, seed = int(self.form.count.value), self.form.seed.value()
        return DrawRequest(images.pixels[row], pixels, self.form.spec(), count, seed)

    def _draw(self) -> None:
        request, images = self.request(), self.picker.images
        if request is not None and images is not None:
            self.context.session.show_augment(request.spec)
            self._say_side()
            topic = (images.key, self.picker.row)
            self.drawing.ask(lambda: _drawing(request), topic)

    def _drawn(self, drawn: Drawn) -> None:
        self.stage.show_drawn(drawn)
        self._compare()

    def _say_side(self) -> None:
        if self.picker.images is not None:
            self.form.set_side(self.picker.images.pixels.shape[1])

    # Cosines

    def _loaded(self, encoder: ImageEncoder) -> None:
        self.form.set_trained(encoder.augment if self.encoders.is_trained else None)
        self._compare()

    def _compare(self) -> None:
        drawn, encoder = self.stage.drawn, self.encoders.encoder
        if drawn is None or encoder is None:
            return
        output: Output = "features" if self.panel.output.value == "features" else "projections"
        self.panel.expect()
        topic = (drawn.request.image.tobytes(), id(encoder), output)
        self.measuring.ask(lambda: _comparing(drawn, encoder, output), topic)

    def _compared(self, found: tuple[Drawn, ImageEncoder, Cosines]) -> None:
        drawn, encoder, cosines = found
        self.panel.describe(encoder, drawn.request.image.shape[0])
        self.panel.show_cosines(drawn, cosines)
        if self.measuring.waiting:
            self.panel.expect()

    def _not_compared(self, error: BaseException) -> None:
        self.panel.give_up()
        self.context.notices.report(error)

    def _look(self, pair: tuple[int, int] | None) -> None:
        """Shows the views of a cell of the heat map, and tells its cosine."""
        cosines = self.panel.cosines
        if pair is None or cosines is None:
            self.stage.look(())
            return
        names = ["The original" if at == 0 else f"View {at}" for at in pair]
        second = names[1][0].lower() + names[1][1:]
        text = f"{names[0]} and {second}: cosine {number(cosines.matrix[pair])}."
        self.stage.look(tuple(at - 1 for at in dict.fromkeys(pair) if at > 0), text)

    # Room

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self, _theme: object = None) -> None:
        self._left.setFixedWidth(px(308))
        self._row.setSpacing(space(4))
        self._body.setSpacing(space(6))
        self._body.setContentsMargins(0, 0, space(4), 0)
        direction = QBoxLayout.Direction
        room = self.width() - px(308) - space(8)
        beside = room >= px(740)
        self._body.setDirection(direction.LeftToRight if beside else direction.TopToBottom)
        if beside:
            width = px(330) if room < px(1000) else px(380)
            self.panel.setFixedWidth(width)
            self.stage.setMinimumHeight(px(420))
            self.stage.setMaximumHeight(_UNBOUNDED)
        else:
            width = px(440)
            self.panel.setFixedWidth(min(width, room))
            self.stage.setFixedHeight(max(px(300), self.height() - space(2)))
        self.panel.heat.setMaximumHeight(width)
        self.panel.heat.setMinimumHeight(px(220) if beside else width)


def _drawing(request: DrawRequest) -> Work[Drawn]:
    yield Progress("Drawing views")
    one_core()
    return draw(request)


def _comparing(
    drawn: Drawn, encoder: ImageEncoder, output: Output
) -> Work[tuple[Drawn, ImageEncoder, Cosines]]:
    yield Progress("Comparing views")
    one_core()
    others = draw_others(drawn.request)
    yield Progress("Comparing views")
    return drawn, encoder, compare(drawn, others, encoder, output)
