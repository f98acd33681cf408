// The sample projects that ship: what the start page and the menu say of each.
#pragma once

#include <filesystem>
#include <vector>

#include <QList>
#include <QString>

#include "engine/timeline/timeline.h"

namespace kinescore {

struct Sample {
  std::filesystem::path file;
  QString name;  // "Rooftop courier"
  QString line;  // "Text, path and contacts lead one leap."
  /// A picture of a take of it beside the project; may be missing.
  std::filesystem::path picture;
};

/// Those in the folder, in the order they are shown; others than the known ones come last, by name.
[[nodiscard]] std::vector<Sample> samplesIn(const std::filesystem::path& folder);

/// What a sample's card says of its timeline.
struct SampleFacts {
  double seconds = 0;
  QList<TrackKind> kinds;  // of tracks that hold clips, from the top
};
[[nodiscard]] SampleFacts factsOf(const Sample& sample);

}  // namespace kinescore
