#pragma once

#include <QString>

namespace kinescore {

/// The application's style sheet, colours filled in from the tokens.
[[nodiscard]] QString styleSheet();

}  // namespace kinescore
