// Which clips are learned from and which are kept for judging. A subject is never on both sides: the
// draw is made for source and subject together and depends on nothing else, so clips that come later
// join their subject, whatever else the folder holds.
#pragma once

#include <optional>
#include <string_view>

#include "engine/library/library.h"

namespace kinescore {

[[nodiscard]] const char* nameOf(Split split);
[[nodiscard]] std::optional<Split> splitNamed(std::string_view name);
[[nodiscard]] std::string_view nameOf(ClipQuality quality);

/// Shares of the subjects; the rest is train.
struct SplitShares {
  double val = 0.05, test = 0.05, unseen = 0.10;
};
[[nodiscard]] Split splitOfSubject(std::string_view source, std::string_view subject, const SplitShares& shares = {});

}  // namespace kinescore
