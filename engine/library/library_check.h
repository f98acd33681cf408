// A whole library looked over: every clip's figures and reasons, and which clips repeat each other.
#pragma once

#include "engine/library/clip_check.h"
#include "engine/library/dataset_builder.h"
#include "engine/library/duplicates.h"

namespace kinescore {

struct CheckOptions {
  CheckLimits limits;
  DuplicateOptions duplicates;
  bool findDuplicates = true;
};

struct LibraryCheck {
  CheckOptions options;
  std::vector<ClipCheck> clips;       // as in the library
  std::vector<Duplicate> duplicates;  // numbers of clips in the library

  /// Why a clip should not be learned from, a sentence each; empty: nothing is wrong with it. Ids are
  /// those of `library`.
  [[nodiscard]] std::vector<std::string> reasonsOf(const Library& library, int clip) const;
  [[nodiscard]] int rejectedCount(const Library& library) const;
};
[[nodiscard]] Result<LibraryCheck> checkLibrary(const Library& library, const CheckOptions& options,
                                                const std::function<void(const DatasetProgress&)>& progress = {},
                                                std::stop_token stop = {});

/// For people: a line a rejected clip with its reasons, then the repeats, then a summary by defect.
[[nodiscard]] std::string checkText(const Library& library, const LibraryCheck& check);
/// For programs: figures of every clip, limits with their sources, repeats.
[[nodiscard]] std::string checkJson(const Library& library, const LibraryCheck& check);

/// The library without what was rejected; `leftOut` says what and why.
[[nodiscard]] Library withoutRejected(Library library, const LibraryCheck& check, std::vector<DatasetNote>& leftOut);

}  // namespace kinescore
