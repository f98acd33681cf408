// Raw captures to a motion library: read, mend, level, retarget, foot-lock, caption, sort out.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/library/library.h"

namespace kinescore {

struct DatasetOptions {
  /// Hand-keyed clips too, as quality Keyed. They are never used for training figures.
  bool withKeyed = false;
  /// Only clips whose id is in here; empty: all.
  std::vector<std::string> onlyClips;
  /// Clips too that the manifest calls retimed, repeated or still: for checks that find those themselves.
  bool withFlagged = false;
  /// The motion that the index of a HumanML3D-style folder names parts of; may be empty.
  std::filesystem::path amass;
  /// All clips into this one, whatever the folder says.
  std::optional<Split> split;
};

struct DatasetProgress {
  int done = 0;
  int total = 0;
  std::string clip;  // the one being worked on
};

struct DatasetNote {
  std::string clip;
  std::string text;
};

struct DatasetReport {
  int clipCount = 0;
  double minutes = 0;
  int captionedByName = 0;           // clips whose only caption is made from their file's name
  int uncaptioned = 0;               // BVH files that nothing is known of, not even by their name
  std::vector<DatasetNote> skipped;  // left out on purpose, with the reason
  std::vector<DatasetNote> failed;   // bad clips, with the reason
  std::vector<DatasetNote> notes;    // what was mended
};

struct Dataset {
  Library library;
  DatasetReport report;
};

/// `folder` holds manifest.csv, captions.csv and the unpacked motion, or is one that folder_import.h
/// describes. A bad clip is reported and skipped; only a bad list, an empty result or a stop is an error.
/// A row without a split gets that of its subject (splits.h).
[[nodiscard]] Result<Dataset> buildDataset(const std::filesystem::path& folder,
                                           const DatasetOptions& options,
                                           const std::function<void(const DatasetProgress&)>& progress,
                                           std::stop_token stop = {});

/// The words that must travel with the data.
[[nodiscard]] std::string datasetLicenseNotice();

/// Counts, minutes and licences as JSON text: the card beside the library file.
[[nodiscard]] std::string datasetCard(const Library& library);

}  // namespace kinescore
