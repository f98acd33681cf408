#include "ui/document/samples.h"

#include <algorithm>
#include <array>

#include <QCoreApplication>

#include "engine/project/project.h"
#include "ui/document/path_text.h"

namespace kinescore {
namespace {

struct KnownSample {
  const char* stem;
  const char* name;
  const char* line;
};
constexpr std::array<KnownSample, 6> kKnownSamples{{
    {"rooftop-courier", QT_TRANSLATE_NOOP("Samples", "Rooftop courier"),
     QT_TRANSLATE_NOOP("Samples", "Text, path and contacts lead one leap.")},
    {"dance-to-a-beat", QT_TRANSLATE_NOOP("Samples", "Dance to a beat"),
     QT_TRANSLATE_NOOP("Samples", "A written tempo. Drop your own song on it.")},
    {"first-steps", QT_TRANSLATE_NOOP("Samples", "First steps"),
     QT_TRANSLATE_NOOP("Samples", "Walk, wave, jump: prompts, a path, two poses.")},
    {"three-poses", QT_TRANSLATE_NOOP("Samples", "Three poses, one motion"),
     QT_TRANSLATE_NOOP("Samples", "Move a pose, see the motion follow.")},
    {"around-the-block", QT_TRANSLATE_NOOP("Samples", "Around the block"),
     QT_TRANSLATE_NOOP("Samples", "A walk on a round path, back where it began.")},
    {"hands-first", QT_TRANSLATE_NOOP("Samples", "Hands first"),
     QT_TRANSLATE_NOOP("Samples", "Three places that the hands reach in time.")},
}};

QString sampleWords(const char* text) { return QCoreApplication::translate("Samples", text); }

}  // namespace

std::vector<Sample> samplesIn(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code ignored;
  for (const auto& file : std::filesystem::directory_iterator(folder, ignored)) {
    if (file.path().extension() == ".kinescore" && file.is_regular_file(ignored)) {
      files.push_back(file.path());
    }
  }
  const auto placeOf = [](const std::filesystem::path& file) {
    const std::string stem = file.stem().string();
    return std::find_if(kKnownSamples.begin(), kKnownSamples.end(), [&](const KnownSample& known) { return known.stem == stem; }) -
           kKnownSamples.begin();
  };
  std::sort(files.begin(), files.end(), [&](const auto& a, const auto& b) {
    return std::pair(placeOf(a), a) < std::pair(placeOf(b), b);
  });
  std::vector<Sample> samples;
  for (const std::filesystem::path& file : files) {
    Sample sample{file, pathText(file.stem()).replace(u'-', u' '), {}, std::filesystem::path(file).replace_extension(".png")};
    if (const auto place = placeOf(file); place < std::ptrdiff_t(kKnownSamples.size())) {
      sample.name = sampleWords(kKnownSamples[std::size_t(place)].name);
      sample.line = sampleWords(kKnownSamples[std::size_t(place)].line);
    }
    samples.push_back(std::move(sample));
  }
  return samples;
}

SampleFacts factsOf(const Sample& sample) {
  SampleFacts facts;
  const auto opened = openProject(sample.file);
  if (!opened) {
    return facts;
  }
  const Timeline& timeline = opened->document.timeline;
  const TimeRange range = timeline.settings().playRange;
  facts.seconds = secondsOf(range.end - range.start);
  for (const auto& track : timeline.tracks()) {
    if (!timeline.clipsOf(track->id).empty() && !facts.kinds.contains(track->kind)) {
      facts.kinds.append(track->kind);
    }
  }
  return facts;
}

}  // namespace kinescore
