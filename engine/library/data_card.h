// What a data set is, for whoever decides whether to train on it or to ship what was trained on it:
// amounts, splits and their subjects, captions, speeds, defects, repeats, licences.
#pragma once

#include "engine/library/library_check.h"

namespace kinescore {

struct DataCard {
  std::string markdown;
  std::string json;  // the same figures
};
/// `title` heads the page; `check` is of this library.
[[nodiscard]] DataCard makeDataCard(const Library& library, const LibraryCheck& check, std::string_view title);

}  // namespace kinescore
