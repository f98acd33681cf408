// The lists beside a folder of raw motion: manifest.csv (one row a clip) and captions.csv.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

namespace kinescore {

struct ManifestRow {
  std::string id, file, format, clip, source, subject, trial, description, category, split;
  std::vector<std::string> flags;
  double fps = 0;
  double floorHeight = 0;    // metres
  double metresPerUnit = 0;

  /// "short" and "short(…)" alike.
  [[nodiscard]] bool hasFlag(std::string_view name) const;
};

struct CaptionRow {
  double startSeconds = 0;
  double endSeconds = 0;
  std::string action, textA, textB, textC;
};

/// Rows of fields; quotes ("a, ""b""") and line ends inside them are understood.
[[nodiscard]] std::vector<std::vector<std::string>> parseCsv(std::string_view text);

[[nodiscard]] Result<std::vector<ManifestRow>> parseManifest(std::string_view text);
[[nodiscard]] Result<std::map<std::string, std::vector<CaptionRow>>> parseCaptions(std::string_view text);

}  // namespace kinescore
