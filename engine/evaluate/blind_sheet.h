// Captured and performed motion of the same words, side by side, with nothing that tells which is which: for somebody
// who did not make it to judge. What is what goes into a file of its own that the judge does not open.
//
//   pair-01.png …     upper row A, lower row B, ten moments each
//   prompts.md        what either was asked for
//   judgement.csv     to be filled in: number, which is better (a, b or same), which is the capture (a or b)
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "engine/evaluate/evaluation_run.h"

namespace kinescore {

/// The order of a pair is drawn from `seed` and its number alone.
[[nodiscard]] Status writeBlindSheet(const std::vector<SheetRow>& rows, std::uint64_t seed, const std::filesystem::path& folder,
                                     const std::filesystem::path& answers);

struct BlindTally {
  int pairs = 0;
  int performedBetter = 0, capturedBetter = 0, alike = 0;
  int recognised = 0;   // of `pairs`: half of them by guessing alone
};
/// Both as written; a line that is missing or says something else is an error that names it.
[[nodiscard]] Result<BlindTally> tallyBlindSheet(std::string_view answers, std::string_view judgement);

}  // namespace kinescore
