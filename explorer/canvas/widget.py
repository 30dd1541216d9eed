"""The canvas itself: points on a globe or a flat map, to be turned, zoomed, picked and exported."""

import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontInfo, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from explorer.canvas import export
from explorer.canvas.camera import home
from explorer.canvas.cloud import RINGS, Arrangement, Cloud, as_rows
from explorer.canvas.gestures import GestureWidget
from explorer.canvas.motion import Pose
from explorer.canvas.overlay import paint_lasso
from explorer.canvas.picture import NONE, Picture
from explorer.canvas.preview import paint_pointed
from explorer.canvas.scene import Arc, CanvasColors, Frame, Label, Marker, Surface
from explorer.canvas.warm import kernels

_LIGHT = CanvasColors("#f7f8fa", "#ffffff", "#c9ced8", "#1c2430", "#0072b2", "#8b93a1")
#: How far from a point's edge the cursor still finds it, in pixels.
_REACH = 4.0
#: The height of text at which pictures have their usual size, in pixels.
_TEXT = 13
#: Seconds of one frame that may go into making pictures; the next one goes on with them.
_PATIENCE = 0.006
#: Seconds beyond which a frame of a high-resolution screen is drawn coarsely while it moves.
_SLOW = 0.025


class PointCanvas(GestureWidget):
    """Draws N points. A row number (0 … N−1) names a point everywhere; −1 is the background."""

    hovered = Signal(int)
    clicked = Signal(int)
    #: Rows inside a lasso, ascending int64.
    lassoed = Signal(object)
    cleared = Signal()
    #: The compiled loops are loaded: from now on points are drawn.
    ready = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(120, 120)
        self.setAccessibleName("Map of points")
        self._picture = Picture(_LIGHT)
        self._image = QImage()
        self._dirty, self._slow = True, False
        self._hovered = -1
        self._globe_rotation = home()
        self._round = True
        self._follow_text()
        self._describe()
        state = kernels()
        if not state.are_ready:
            state.ready.connect(self._kernels_ready)
            state.start()

    def sizeHint(self) -> QSize:
        return QSize(640, 480)

    @property
    def is_ready(self) -> bool:
        """Whether points can be drawn yet."""
        return kernels().are_ready

    @property
    def count(self) -> int:
        """N, with the rows that have no position."""
        return self._picture.cloud.count

    # What is shown.

    def set_layout(
        self, positions: ArrayLike | Arrangement, surface: Surface, morph: bool = True
    ) -> None:
        """Puts points at ``positions`` (N, 3) float32: unit vectors, or a flat map with z = 0.

        Very many points take a while to be put in order: let another thread make an Arrangement.
        With ``morph`` the points of the same rows fly there, from wherever they are now. Rows
        with a position that is not finite are left out.

        Raises:
            ValueError: the shape is not (N, 3).
        """
        picture, before = self._picture, self._picture.cloud
        cloud = Cloud(positions, surface, before)
        same = cloud.count == before.count and cloud.count > 0
        animate = morph and same and self.animations and self.isVisible() and self.is_ready
        picture.cloud = cloud
        picture.stale()
        if not same:
            picture.selection, picture.emphasis, picture.dimmed = NONE, NONE, None
            self._hover(-1)
        end = self._pose_for(surface, before.surface)
        self._round = self._round and before.surface == surface == "globe"
        self.motion.morph(end, animate)
        self._place()
        self._describe()
        self._changed(True)
        self._wake()

    def _pose_for(self, surface: Surface, before: Surface) -> Pose:
        camera = self.camera
        globe, extent = (1.0 if surface == "globe" else 0.0), self._picture.cloud.extent
        if surface == before and self.motion.progress == 1:
            return Pose(camera.rotation.copy(), camera.zoom, camera.shift.copy(), globe, extent)
        if before == "globe" and self.motion.progress == 1:
            self._globe_rotation = camera.rotation.copy()
        rotation = self._globe_rotation.copy() if surface == "globe" else np.eye(3)
        return Pose(rotation, 1.0, np.zeros(2), globe, extent)

    def _place(self) -> None:
        """Puts the points where the morph has them now."""
        if self.is_ready:
            self._picture.raster.move(
                self._picture.cloud, self.motion.eased, 1.0 if self._round else 0.0
            )
        if self.motion.progress == 1:
            self._round = self._picture.cloud.surface == "globe"

    def set_colors(self, colors: NDArray[np.uint8]) -> None:
        """One colour a row, (N, 3) uint8."""
        self._picture.points = np.ascontiguousarray(colors, np.uint8).reshape(-1, 3)
        self._restyle()

    def set_thumbnails(self, pixels: NDArray[np.uint8] | None) -> None:
        """One picture a row, (N, H, W, 3) uint8, kept and not copied; None has dots alone.

        They stand in for the dots where there is room, and are shown beside the cursor. While
        there is not one for each row, none is shown.

        Raises:
            ValueError: the shape or type is another.
        """
        self._picture.sprites.set_pixels(pixels)
        self._changed(True)

    def set_thumbnails_always(self, on: bool) -> None:
        """Whether pictures stand in for the dots at any zoom; 2,000 in view at the most."""
        self._picture.sprites.always = on
        self._changed(True)

    def set_selection(self, rows: ArrayLike) -> None:
        """Rows drawn on top with a ring in the accent colour."""
        before, chosen = self._picture.selection, as_rows(rows, self.count)
        self._picture.selection = chosen
        if max(len(before), len(chosen)) > RINGS:  # shown by the points' own colour
            self._restyle()
        else:
            self._changed(True)

    def set_emphasis(self, rows: ArrayLike) -> None:
        """Rows drawn larger and on top."""
        self._picture.emphasis = as_rows(rows, self.count)
        self._changed(True)

    def set_dimmed(self, mask: ArrayLike | None) -> None:
        """Rows (N,) bool that recede: grey, faint, under the others. None dims nothing."""
        dimmed = None if mask is None else np.asarray(mask, bool)
        if dimmed is not None and dimmed.shape != (self.count,):
            raise ValueError(f"the mask has shape {dimmed.shape}, not ({self.count},)")
        self._picture.dimmed = dimmed
        self._restyle()

    def set_markers(self, markers: Iterable[Marker]) -> None:
        """Points that must be found at once, with their labels."""
        self._picture.markers = tuple(markers)
        pulsing = any(marker.pulsing for marker in self._picture.markers)
        self.motion.pulse = 0.0 if pulsing and self.animations else 1.0
        self._changed(False)
        self._wake()

    def set_arcs(self, arcs: Iterable[Arc]) -> None:
        """Connections, over the points."""
        self._picture.arcs = tuple(arcs)
        self._changed(False)

    def set_labels(self, labels: Iterable[Label]) -> None:
        """Names on the map; where they collide, the one of higher priority stays."""
        self._picture.labels = tuple(labels)
        self._changed(False)

    def set_frame(self, frame: Frame | None) -> None:
        """The sheet under a flat map."""
        self._picture.frame = frame
        self._changed(True)

    def set_theme(self, colors: CanvasColors) -> None:
        """The colours of everything but the points."""
        self._picture.colors = colors
        self._restyle()

    # Where things are.

    def screen_position(self, row: int) -> QPointF | None:
        """Where ``row`` is in the widget, or None when it is left out, behind, or outside."""
        position = self._picture.cloud.position(row)
        if position is None:
            return None
        x, y, depth = self.camera.project(position)
        inside = self.rect().contains(QPoint(int(x), int(y)))
        return QPointF(x, y) if inside and self.camera.nearness(depth) >= 0.4 else None

    def point_radius(self) -> float:
        """The radius of a point in front, in logical pixels."""
        return self._picture.size(self.camera)

    def export_png(self, path: Path, scale: float = 2.0) -> None:
        """Writes what is seen, ``scale`` pixels for each of the widget's.

        Raises:
            InputError: the file cannot be written.
        """
        self._fit()
        export.write_png(path, self._picture, self.camera, self.font(), scale)

    def export_svg(self, path: Path) -> None:
        """Writes what is seen as vectors; beyond 20,000 points these are an embedded image.

        Raises:
            InputError: the file cannot be written.
        """
        self._fit()
        export.write_svg(path, self._picture, self.camera, self.font())

    # Drawing.

    def _kernels_ready(self) -> None:
        self._place()
        self._changed(True)
        self.ready.emit()

    def _restyle(self) -> None:
        self._picture.stale()
        self._changed(True)

    def _changed(self, scene: bool) -> None:
        if scene and self._picture.cloud.start is not self._picture.cloud.end:
            self._place()
        self._dirty = self._dirty or scene
        self.update()

    def _describe(self) -> None:
        where = "globe" if self._picture.cloud.surface == "globe" else "flat map"
        self.setAccessibleDescription(
            f"{len(self._picture.cloud.rows):,} points on a {where}. Arrow keys move, plus and "
            "minus zoom, Home resets, Space turns the globe, Enter opens a point, Esc clears."
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        self._compose()
        painter = QPainter(self)
        painter.drawImage(0, 0, self._image)
        if self.is_ready:
            self._picture.overlay(
                painter, self.camera, self.font(), self.motion.eased, self.motion.pulse
            )
        self._paint_interaction(painter)
        painter.end()

    def _compose(self) -> None:
        """Draws the points if anything changed; in coarse pixels while a slow scene moves."""
        full = self.devicePixelRatioF()
        ratio = min(full, 1.0) if self._slow and self.moving else full
        size = QSize(round(self.width() * ratio), round(self.height() * ratio))
        if self._image.size() != size or self._image.devicePixelRatio() != ratio:
            self._image = QImage(size, QImage.Format.Format_RGB32)
            self._image.setDevicePixelRatio(ratio)
            self._dirty = True
        if self._dirty:
            begin = time.perf_counter()
            self._picture.compose(self._image, self.camera, self.is_ready, _PATIENCE)
            if ratio == full:
                self._slow = time.perf_counter() - begin > _SLOW
            self._dirty = self._picture.sprites.pending
            if self._dirty:
                self.update()

    def _paint_interaction(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = self._picture.colors
        place = self.screen_position(self._hovered) if self._hovered >= 0 else None
        if place is not None:
            paint_pointed(painter, self._picture, self.camera, self._hovered, place)
        if len(self._lasso) > 1:
            paint_lasso(painter, self._lasso, colors)
        if self._keyboard_focus and self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colors.accent), 2.0))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(2, 2, -2, -2), 6, 6)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._follow_text()

    def _follow_text(self) -> None:
        self._picture.sprites.unit = QFontInfo(self.font()).pixelSize() / _TEXT
        self._changed(True)

    # Pointing.

    def _find(self, position: QPointF, reach: float) -> int:
        return self._picture.find(position, reach, self.camera) if self.is_ready else -1

    def _hover(self, row: int) -> None:
        if row != self._hovered:
            self._hovered = row
            self.hovered.emit(row)
            self.update()

    def _point_at(self, position: QPointF | None) -> None:
        found = -1 if position is None else self._find(position, self.point_radius() + _REACH)
        if position is not None and not self._lasso_mode:
            shape = Qt.CursorShape.PointingHandCursor if found >= 0 else Qt.CursorShape.ArrowCursor
            self.setCursor(shape)
        self._hover(found)

    def _click(self, position: QPointF | None) -> None:
        if position is not None:
            row = self._find(position, self.point_radius() + _REACH)
        else:
            middle = QPointF(self.rect().center())
            reach = min(self.width(), self.height()) / 4
            row = self._hovered if self._hovered >= 0 else self._find(middle, reach)
        self.clicked.emit(row)

    def _enclose(self, path: list[QPointF]) -> None:
        if self.is_ready and len(path) > 2:
            self.lassoed.emit(self._picture.enclosed(path, self.camera))

    def _clear(self) -> None:
        self._hover(-1)
        self._changed(False)
        self.cleared.emit()
