// The look: Fusion with our palette and style sheet, the shipped fonts, the icons.
#pragma once

#include <QFont>
#include <QIcon>
#include <QPixmap>
#include <QPoint>
#include <QString>

#include "ui/theme/tokens.h"

class QApplication;
class QPainter;

namespace kinescore {

/// Fonts, palette, style sheet. Call once, before the first widget.
void applyTheme(QApplication& application);

/// Words. `pixels` is the size on screen at 100 %.
[[nodiscard]] QFont uiFont(double pixels = 12, QFont::Weight weight = QFont::Normal);
/// Numbers of time, frames, seeds and sizes: all figures are equally wide.
[[nodiscard]] QFont numberFont(double pixels = 12, QFont::Weight weight = QFont::Normal);

/// One of resources/icons by name, its lines in `color`.
[[nodiscard]] QPixmap iconPixmap(const QString& name, const QColor& color, int size = 16,
                                 double devicePixelRatio = 1);
/// Paints an icon at the painter's own resolution.
void drawIcon(QPainter& painter, const QPoint& topLeft, const QString& name, const QColor& color,
              int size = 16);
/// For buttons and menus: quiet, bright when on or active, dim when disabled.
[[nodiscard]] QIcon icon(const QString& name);
[[nodiscard]] QIcon icon(const QString& name, const QColor& color);

}  // namespace kinescore
