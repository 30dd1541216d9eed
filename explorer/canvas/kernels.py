"""The compiled loops of the canvas: move, splat, resolve, draw discs, pick, test a mask.

Imported only by the warm-up thread, because importing numba takes longer than opening a window.
Points are held as ``points`` (3, N) float32 in drawing order, in blocks of ``BLOCK`` neighbours;
``bounds`` (4, blocks) float32 holds each block's centre and radius, so that a loop skips the
blocks it cannot see. ``paint`` (N,) uint32 is 0xAARRGGBB. ``view`` (3, 4) float32 maps a point to
pixel x, pixel y and depth (towards the viewer). ``globe`` in 0…1 is how much depth matters: 1 on
the globe, 0 on the flat map. Kernels that draw touch the rows ``top`` ≤ y < ``bottom`` only, so
that threads share an image without locks.
"""

import math

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

F, S, U = np.float32, np.int32, np.uint32
BLOCK = 512
#: Depths between which a point passes from the far look to the near look, and what is "near".
FAR, NEAR, FRONT = F(-0.22), F(0.30), F(0.4)
#: What the far side keeps of radius and opacity.
FAR_SIZE, FAR_ALPHA = F(0.62), F(0.30)
ZERO, HALF, ONE, BYTE = F(0), F(0.5), F(1), F(255)
_options = {"cache": True, "nogil": True, "fastmath": True, "error_model": "numpy"}


@njit(**_options)
def move(start, end, t, sphere, out, bounds):
    """Positions ``t`` of the way from ``start`` to ``end``, and the bounds of their blocks.

    ``sphere`` in 0…1 pulls the result onto the unit sphere, so that points travel over the globe
    rather than through it.
    """
    for block in range(bounds.shape[1]):
        part = slice(block * BLOCK, min(out.shape[1], (block + 1) * BLOCK))
        xs, ys, zs = out[0, part], out[1, part], out[2, part]
        x0, y0, z0 = start[0, part], start[1, part], start[2, part]
        x1, y1, z1 = end[0, part], end[1, part], end[2, part]
        cx = cy = cz = reach = ZERO
        for i in range(len(xs)):
            x = x0[i] + t * (x1[i] - x0[i])
            y = y0[i] + t * (y1[i] - y0[i])
            z = z0[i] + t * (z1[i] - z0[i])
            pull = ONE + sphere * (ONE / math.sqrt(x * x + y * y + z * z + F(1e-12)) - ONE)
            x, y, z = x * pull, y * pull, z * pull
            xs[i], ys[i], zs[i] = x, y, z
            cx, cy, cz = cx + x, cy + y, cz + z
        share = ONE / F(len(xs))
        cx, cy, cz = cx * share, cy * share, cz * share
        for i in range(len(xs)):
            x, y, z = xs[i] - cx, ys[i] - cy, zs[i] - cz
            reach = max(reach, x * x + y * y + z * z)
        bounds[0, block], bounds[1, block], bounds[2, block] = cx, cy, cz
        bounds[3, block] = math.sqrt(reach)


@njit(**_options)
def _seen(bounds, block, view, margin, left, top, right, bottom):
    x, y, z = bounds[0, block], bounds[1, block], bounds[2, block]
    scale = math.sqrt(view[0, 0] ** 2 + view[0, 1] ** 2 + view[0, 2] ** 2)
    reach = bounds[3, block] * scale + margin
    sx = view[0, 0] * x + view[0, 1] * y + view[0, 2] * z + view[0, 3]
    sy = view[1, 0] * x + view[1, 1] * y + view[1, 2] * z + view[1, 3]
    return sx + reach >= left and sx - reach < right and sy + reach >= top and sy - reach < bottom


@njit(**_options)
def _project(points, low, high, view, globe, sx, sy, near):
    """Pixel positions (of pixel centres) and nearness 0…1 of one block, into the scratch arrays."""
    a, b, c, d = view[0, 0], view[0, 1], view[0, 2], view[0, 3] - HALF
    e, f, g, h = view[1, 0], view[1, 1], view[1, 2], view[1, 3] - HALF
    k, m, o = view[2, 0], view[2, 1], view[2, 2]
    # Slices, not points[0, low + i]: only these loops are compiled to vector instructions.
    xs, ys, zs = points[0, low:high], points[1, low:high], points[2, low:high]
    for i in range(len(xs)):
        x, y, z = xs[i], ys[i], zs[i]
        sx[i] = a * x + b * y + c * z + d
        sy[i] = e * x + f * y + g * z + h
        t = min(max((k * x + m * y + o * z - FAR) / (NEAR - FAR), ZERO), ONE)
        near[i] = ONE - globe * (ONE - t * t * (F(3) - F(2) * t))


@intrinsic
def _add(typing, total, at, weight, colour):
    """``total[at:at+4] += weight * bytes(colour)²`` as one vector operation.

    Numba leaves four scalar additions here, which made a whole frame take twice as long.
    """

    def build(context, builder, signature, args):
        four = ir.VectorType(ir.FloatType(), 4)
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        place = builder.bitcast(builder.gep(data, [args[1]]), four.as_pointer())
        small = builder.bitcast(args[3], ir.VectorType(ir.IntType(8), 4))
        value = builder.uitofp(builder.zext(small, ir.VectorType(ir.IntType(32), 4)), four)
        share = ir.Constant(four, ir.Undefined)
        for lane in range(4):
            share = builder.insert_element(share, args[2], ir.Constant(ir.IntType(32), lane))
        term = builder.fmul(share, builder.fmul(value, value))
        builder.store(
            builder.fadd(builder.load(place, align=4), term, flags=("contract",)), place, align=4
        )
        return context.get_dummy_value()

    return types.void(total, at, weight, colour), build


@njit(**_options)
def splat(points, paint, bounds, view, globe, radius, far, total, width, top, bottom):
    """Adds every point to ``total`` (H·W·4 float32), as a soft dot over 2 × 2 or 4 × 4 pixels.

    The channels are blue, green, red and weight, each weight × byte²: squares stand in for linear
    light, in which colours mix without turning muddy. A point of radius r weighs π·r² in all; on
    the far side ``far`` of that, as near points do not hide far ones but mix with them.
    """
    height, n = total.shape[0] // (4 * width), points.shape[1]
    small = radius <= F(0.9)
    side = 2 if small else 4
    # A tent over two pixels, of integral 1; or 1 − (d/reach)² over four, of integral π/2·reach².
    # A reach under 1.4 would make points shimmer as they pass from pixel to pixel.
    shrink = ONE / max(F(1.05) * radius, F(1.4))
    area = F(math.pi) * radius * radius if small else F(2) * (radius * shrink) ** 2
    area = area / BYTE
    step, first, last = 4 * width, 4 * width * top, 4 * width * bottom
    right, low_y = F(width - side), F(max(top - side, 0))
    high_y = F(min(bottom, height - side))
    sx, sy = np.empty(BLOCK, np.float32), np.empty(BLOCK, np.float32)
    near, at = np.empty(BLOCK, np.float32), np.empty(BLOCK, np.int32)
    shift = F(side // 2 - 1)
    for block in range(bounds.shape[1]):
        if not _seen(bounds, block, view, F(side), 0, top, width, bottom):
            continue
        low, high = block * BLOCK, min(n, (block + 1) * BLOCK)
        _project(points, low, high, view, globe, sx, sy, near)
        for i in range(high - low):
            x, y = sx[i] - shift, sy[i] - shift
            inside = (x >= ZERO) & (x < right) & (y >= low_y) & (y < high_y)
            px, py = S(x), S(y)
            sx[i], sy[i] = x - F(px) + shift, y - F(py) + shift
            at[i] = S(4) * (py * S(width) + px) if inside else S(-1)
        for i in range(high - low):
            if at[i] < 0:
                continue
            colour = paint[low + i]
            weight = area * F(colour >> U(24)) * (far + (ONE - far) * near[i])
            colour = U(colour | U(0xFF000000))
            place = np.int64(at[i])
            if small:
                right_share = weight * sx[i]
                left_share = weight - right_share
                if place >= first:
                    above = ONE - sy[i]
                    _add(total, place, F(left_share * above), colour)
                    _add(total, place + 4, right_share * above, colour)
                place += step
                if place >= first and place < last:
                    _add(total, place, left_share * sy[i], colour)
                    _add(total, place + 4, right_share * sy[i], colour)
            else:
                for j in range(4):
                    if place >= first and place < last:
                        dy = (F(j) - sy[i]) * shrink
                        for k in range(4):
                            dx = (F(k) - sx[i]) * shrink
                            share = max(ONE - dx * dx - dy * dy, ZERO)
                            _add(total, place + 4 * k, F(weight * share), colour)
                    place += step


@njit(**_options)
def _channels(colour):
    number = S(colour)
    return F((number >> 16) & 255), F((number >> 8) & 255), F(number & 255)


@njit(**_options)
def _mix(below, red, green, blue, alpha):
    r, g, b = _channels(below)
    r = S(r + (red - r) * alpha + HALF)
    g = S(g + (green - g) * alpha + HALF)
    b = S(b + (blue - b) * alpha + HALF)
    return U(0xFF000000) | U((r << 16) | (g << 8) | b)


@njit(**_options)
def resolve(total, image, exposure, top, bottom, left, right):
    """Lays the accumulated points over ``image`` (H, W) uint32, and clears what it has read.

    Opacity is e·w / (1 + e·w) for exposure e and weight w: the first point of a pixel shows at
    once, and a cluster ten times as dense still looks denser, which an exponential would hide.
    """
    exposure = exposure / F(65025)
    width = image.shape[1]
    for y in range(top, bottom):
        row = total[4 * (y * width + left) : 4 * (y * width + right)]
        line = image[y, left:right]
        for x in range(len(line)):
            weight = row[4 * x + 3]
            share = F(65025) / max(weight, F(1e-6))
            blue, green = math.sqrt(row[4 * x] * share), math.sqrt(row[4 * x + 1] * share)
            red = math.sqrt(row[4 * x + 2] * share)
            line[x] = _mix(line[x], red, green, blue, ONE - ONE / (ONE + exposure * weight))
        row[:] = ZERO


@njit(**_options)
def discs(points, paint, bounds, view, globe, style, image, top, bottom):
    """Draws every point as an antialiased disc: far points first, then near, dimmed before bright.

    ``style`` (8,) float64: radius, opacity, and two rings around the disc, each as 0xRRGGBB,
    width and opacity (the inner one separates overlapping discs, the outer one marks a selection).
    """
    radius, opacity = F(style[0]), F(style[1])
    inner, inner_width, inner_alpha = U(style[2]), F(style[3]), F(style[4])
    outer, outer_width, outer_alpha = U(style[5]), F(style[6]), F(style[7])
    r1, g1, b1 = _channels(inner)
    r2, g2, b2 = _channels(outer)
    width, n = image.shape[1], points.shape[1]
    sx, sy = np.empty(BLOCK, np.float32), np.empty(BLOCK, np.float32)
    near = np.empty(BLOCK, np.float32)
    margin = radius + inner_width + outer_width + ONE
    for layer in range(3):
        if layer == 0 and globe < F(0.01):
            continue
        for block in range(bounds.shape[1]):
            if not _seen(bounds, block, view, margin, 0, top, width, bottom):
                continue
            low, high = block * BLOCK, min(n, (block + 1) * BLOCK)
            _project(points, low, high, view, globe, sx, sy, near)
            for i in range(high - low):
                own = F(paint[low + i] >> U(24)) / BYTE
                place = 0 if near[i] < FRONT else (1 if own < F(0.8) else 2)
                x, y = sx[i], sy[i]
                if place != layer:
                    continue
                size = radius * (FAR_SIZE + (ONE - FAR_SIZE) * near[i])
                keep = opacity * own * (FAR_ALPHA + (ONE - FAR_ALPHA) * near[i])
                r0, g0, b0 = _channels(paint[low + i])
                edge = size + inner_width + outer_width + HALF
                for py in range(max(top, int(y - edge)), min(bottom, int(y + edge) + 2)):
                    for px in range(max(0, int(x - edge)), min(width, int(x + edge) + 2)):
                        dx, dy = F(px) - x, F(py) - y
                        d = dx * dx + dy * dy
                        if d >= edge * edge:
                            continue
                        d = math.sqrt(d) - size + HALF
                        past = min(max(d, ZERO), ONE)
                        past_inner = min(max(d - inner_width, ZERO), ONE)
                        past_outer = min(max(d - inner_width - outer_width, ZERO), ONE)
                        fill = (ONE - past) * keep
                        ring = (past - past_inner) * inner_alpha * keep
                        mark = (past_inner - past_outer) * outer_alpha * keep
                        share = ONE / max(fill + ring + mark, F(1e-6))
                        red = (r0 * fill + r1 * ring + r2 * mark) * share
                        green = (g0 * fill + g1 * ring + g2 * mark) * share
                        blue = (b0 * fill + b1 * ring + b2 * mark) * share
                        image[py, px] = _mix(image[py, px], red, green, blue, fill + ring + mark)


@njit(**_options)
def pick(points, paint, bounds, view, globe, x, y, reach):
    """The drawing index nearest to pixel (x, y) within ``reach``, or −1.

    Near points win over far ones, and bright points over dimmed ones, at any distance.
    """
    best, found = F(np.inf), -1
    n = points.shape[1]
    sx, sy = np.empty(BLOCK, np.float32), np.empty(BLOCK, np.float32)
    near = np.empty(BLOCK, np.float32)
    x, y = x - HALF, y - HALF
    for block in range(bounds.shape[1]):
        if not _seen(bounds, block, view, reach, x - 1, y - 1, x + 1, y + 1):
            continue
        low, high = block * BLOCK, min(n, (block + 1) * BLOCK)
        _project(points, low, high, view, globe, sx, sy, near)
        for i in range(high - low):
            d = (sx[i] - x) ** 2 + (sy[i] - y) ** 2
            rank = F(0) if paint[low + i] >= U(0xCC000000) else F(1e8)
            rank += d if near[i] >= FRONT else d + F(2e8)
            if d <= reach * reach and rank < best:
                best, found = rank, low + i
    return found


@njit(**_options)
def masked(points, bounds, view, globe, mask, out):
    """Sets ``out`` (N,) uint8 where a near point falls on a non-zero pixel of ``mask`` (H, W)."""
    height, width = mask.shape
    n = points.shape[1]
    sx, sy = np.empty(BLOCK, np.float32), np.empty(BLOCK, np.float32)
    near = np.empty(BLOCK, np.float32)
    for block in range(bounds.shape[1]):
        low, high = block * BLOCK, min(n, (block + 1) * BLOCK)
        _project(points, low, high, view, globe, sx, sy, near)
        for i in range(high - low):
            x, y = math.floor(sx[i] + HALF), math.floor(sy[i] + HALF)
            inside = x >= 0 and x < width and y >= 0 and y < height and near[i] >= FRONT
            out[low + i] = 1 if inside and mask[y, x] != 0 else 0
