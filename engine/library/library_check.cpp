#include "engine/library/library_check.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

#include <nlohmann/json.hpp>

#include "engine/library/splits.h"

namespace kinescore {
namespace {

using Json = nlohmann::ordered_json;

std::string seconds(std::int64_t frame) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", double(frame) / kEngineRate.fps());
  return text;
}

std::string placeText(const LibraryClip& clip, const FrameRange& frames) {
  return clip.id + " " + seconds(frames.start) + "–" + seconds(frames.end) + " s";
}

// "the same as cmu_01_02 0.0–4.1 s, mirrored, 1.25 times as fast (0.3 cm apart)"
std::string repeatText(const Library& library, const Duplicate& d) {
  char text[64];
  std::string words;
  switch (d.likeness) {
    case Likeness::Same: words = "it is the same as "; break;
    case Likeness::Retimed: words = "it is a retimed copy of "; break;
    case Likeness::Cut: words = "it is a part of "; break;
    case Likeness::Overlap: words = "a part of it is also in "; break;
  }
  words += placeText(library.clips[std::size_t(d.kept)], d.keptFrames);
  if (d.mirrored) words += ", mirrored";
  if (std::abs(d.speed - 1) >= 0.03) {
    std::snprintf(text, sizeof text, ", at %.2f of its speed", d.speed);
    words += text;
  }
  std::snprintf(text, sizeof text, " (%.1f cm apart)", 100 * d.meters);
  return words + text;
}

double rounded(double value, double step) { return std::round(value / step) * step; }

Json figuresJson(const ClipFigures& f) {
  if (!f.finite) return {{"seconds", rounded(f.seconds, 1e-3)}, {"finite", false}};
  return {{"seconds", rounded(f.seconds, 1e-3)},
          {"finite", true},
          {"skate_mm_per_frame", rounded(f.footSkate, 1e-3)},
          {"depth_m", rounded(f.depth, 1e-4)},
          {"clearance_m", rounded(f.clearance, 1e-4)},
          {"jerk_m_s3", rounded(f.jerk, 1e-1)},
          {"jerk_p95_m_s3", rounded(f.jerk95, 1e-1)},
          {"jitter_mm", rounded(f.jitter, 1e-3)},
          {"liveliest_second_m_s", rounded(f.liveliness, 1e-4)},
          {"root_speed_m_s", rounded(f.rootSpeed, 1e-4)},
          {"fastest_turn_degrees_per_frame", rounded(f.turn, 1e-2)},
          {"fastest_turn_joint", kinescore22()->jointNames[std::size_t(f.turnJoint)]},
          {"farthest_leap_m_per_frame", rounded(f.leap, 1e-4)}};
}

Json rangeJson(const FrameRange& frames) { return Json::array({frames.start, frames.end}); }

}  // namespace

std::vector<std::string> LibraryCheck::reasonsOf(const Library& library, int clip) const {
  std::vector<std::string> reasons;
  for (const ClipReason& reason : clips[std::size_t(clip)].reasons) reasons.push_back(reason.text);
  for (const Duplicate& d : duplicates) {
    // Of two that are the same, a good one stays.
    const bool isKeptGood = clips[std::size_t(d.kept)].isGood();
    if (d.other == clip && d.isWhole() && isKeptGood) reasons.push_back(repeatText(library, d));
  }
  return reasons;
}

int LibraryCheck::rejectedCount(const Library& library) const {
  int count = 0;
  for (int c = 0; c < int(clips.size()); ++c) count += reasonsOf(library, c).empty() ? 0 : 1;
  return count;
}

Result<LibraryCheck> checkLibrary(const Library& library, const CheckOptions& options,
                                  const std::function<void(const DatasetProgress&)>& progress, std::stop_token stop) {
  LibraryCheck check;
  check.options = options;
  const Error stopped{ErrorCode::Cancelled, "the check was stopped."};
  const int count = int(library.clips.size());
  const int total = options.findDuplicates ? 2 * count : count;
  std::vector<const Motion*> motions;
  std::vector<int> numbers;
  for (int c = 0; c < count; ++c) {
    if (stop.stop_requested()) return stopped;
    const LibraryClip& clip = library.clips[std::size_t(c)];
    if (progress) progress({c, total, clip.id});
    check.clips.push_back(checkClip(clip, options.limits));
    if (!check.clips.back().figures.finite || clip.motion.rate != kEngineRate) continue;
    motions.push_back(&clip.motion);
    numbers.push_back(c);
  }
  if (options.findDuplicates) {
    const auto tell = [&](int done, int) {
      if (progress) progress({count + done, total, library.clips[std::size_t(numbers[std::size_t(done)])].id});
    };
    check.duplicates = findDuplicates(motions, options.duplicates, tell, stop);
    if (stop.stop_requested()) return stopped;
    for (Duplicate& d : check.duplicates) {
      d.kept = numbers[std::size_t(d.kept)];
      d.other = numbers[std::size_t(d.other)];
    }
  }
  return check;
}

std::string checkText(const Library& library, const LibraryCheck& check) {
  std::string text;
  std::map<std::string, int> byDefect;
  int rejected = 0;
  for (int c = 0; c < int(check.clips.size()); ++c) {
    const std::vector<std::string> reasons = check.reasonsOf(library, c);
    if (reasons.empty()) continue;
    ++rejected;
    text += library.clips[std::size_t(c)].id + ":";
    for (std::size_t r = 0; r < reasons.size(); ++r) text += (r == 0 ? " " : "; ") + reasons[r];
    text += "\n";
    for (const ClipReason& reason : check.clips[std::size_t(c)].reasons) ++byDefect[std::string(nameOf(reason.defect))];
  }
  int overlaps = 0, acrossSplits = 0;
  for (const Duplicate& d : check.duplicates) {
    const LibraryClip &kept = library.clips[std::size_t(d.kept)], &other = library.clips[std::size_t(d.other)];
    if (d.isWhole()) ++byDefect["duplicate"];
    if (kept.split != other.split) ++acrossSplits;
    if (d.isWhole()) continue;
    ++overlaps;
    text += "Kept all the same: " + placeText(other, d.otherFrames) + ": " + repeatText(library, d) + "\n";
  }
  text += std::to_string(check.clips.size()) + " clips, " + std::to_string(rejected) + " rejected";
  for (const auto& [name, count] : byDefect) text += (name == byDefect.begin()->first ? ": " : ", ") + std::to_string(count) + " " + name;
  text += "; " + std::to_string(overlaps) + " overlaps; " + std::to_string(acrossSplits) + " repeats across splits\n";
  return text;
}

std::string checkJson(const Library& library, const LibraryCheck& check) {
  Json json;
  json["format"] = "kinescore-check";
  json["clips"] = check.clips.size();
  json["rejected"] = check.rejectedCount(library);
  Json limits = Json::array();
  for (const CheckLimit& limit : checkLimits()) {
    const double value = check.options.limits.*limit.value;
    const bool isDefault = value == CheckLimits{}.*limit.value;
    limits.push_back({{"name", limit.name},
                      {limit.isLeast ? "at_least" : "at_most", value},
                      {"unit", limit.unit},
                      {"defect", nameOf(limit.defect)},
                      {"source", isDefault ? limit.source : std::string_view("given on the command line")}});
  }
  json["limits"] = std::move(limits);
  Json rows = Json::array();
  for (int c = 0; c < int(check.clips.size()); ++c) {
    const LibraryClip& clip = library.clips[std::size_t(c)];
    const ClipCheck& one = check.clips[std::size_t(c)];
    Json defects = Json::array();
    for (const ClipReason& reason : one.reasons) defects.push_back(nameOf(reason.defect));
    rows.push_back({{"id", clip.id},
                    {"source", clip.source},
                    {"subject", clip.subject},
                    {"split", nameOf(clip.split)},
                    {"reasons", check.reasonsOf(library, c)},
                    {"defects", std::move(defects)},
                    {"figures", figuresJson(one.figures)}});
  }
  json["by_clip"] = std::move(rows);
  Json repeats = Json::array();
  for (const Duplicate& d : check.duplicates) {
    const LibraryClip &kept = library.clips[std::size_t(d.kept)], &other = library.clips[std::size_t(d.other)];
    repeats.push_back({{"kept", kept.id},
                       {"other", other.id},
                       {"likeness", nameOf(d.likeness)},
                       {"mirrored", d.mirrored},
                       {"speed", rounded(d.speed, 1e-4)},
                       {"kept_frames", rangeJson(d.keptFrames)},
                       {"other_frames", rangeJson(d.otherFrames)},
                       {"distance_m", rounded(d.meters, 1e-5)},
                       {"splits", Json::array({nameOf(kept.split), nameOf(other.split)})}});
  }
  json["repeats"] = std::move(repeats);
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Library withoutRejected(Library library, const LibraryCheck& check, std::vector<DatasetNote>& leftOut) {
  std::vector<std::vector<std::string>> reasons;
  for (int c = 0; c < int(check.clips.size()); ++c) reasons.push_back(check.reasonsOf(library, c));
  Library kept;
  kept.licenseNotice = library.licenseNotice;
  for (std::size_t c = 0; c < reasons.size(); ++c) {
    if (reasons[c].empty()) {
      kept.clips.push_back(std::move(library.clips[c]));
      continue;
    }
    std::string text = reasons[c].front();
    for (std::size_t r = 1; r < reasons[c].size(); ++r) text += "; " + reasons[c][r];
    leftOut.push_back({library.clips[c].id, std::move(text)});
  }
  return kept;
}

}  // namespace kinescore
