// The painted rows of takes as a list that screen readers walk.
#pragma once

#include <QAccessible>

namespace kinescore {

class Session;

/// “Take 7, frames 110 to 195, 2 notes, shown”; null when `rows` are not offered (offerTakesAccess).
[[nodiscard]] QAccessibleInterface* makeTakesAccess(QWidget& rows);

}  // namespace kinescore
