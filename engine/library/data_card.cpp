#include "engine/library/data_card.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <set>

#include <nlohmann/json.hpp>

#include "engine/library/reference_search.h"
#include "engine/library/splits.h"
#include "engine/motion/kinematics.h"
#include "engine/retarget/stance.h"

namespace kinescore {
namespace {

using Json = nlohmann::ordered_json;

double minutesOf(std::int64_t frames) { return double(frames) / kEngineRate.fps() / 60; }
double rounded(double value, int digits) {
  const double step = std::pow(10.0, digits);
  return std::round(value * step) / step;
}

/// What falls under one name: of a split, a source, an action …
struct Sum {
  int clips = 0, captions = 0;
  std::int64_t frames = 0;
  std::set<std::string> subjects;
  double way = 0;  // m, level
};
using Sums = std::map<std::string, Sum>;

struct Spread {
  double low = 0, middle = 0, high = 0;  // 5th, 50th, 95th percentile
};
Spread spreadOf(const std::vector<float>& values) {
  if (values.empty()) return {};
  return {percentile(values, 0.05), percentile(values, 0.5), percentile(values, 0.95)};
}
Json spreadJson(const Spread& s, int digits) {
  return {{"p05", rounded(s.low, digits)}, {"median", rounded(s.middle, digits)}, {"p95", rounded(s.high, digits)}};
}

std::vector<std::string> wordsOf(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : std::string(text) + " ") {
    const bool isLetter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '\'' || (c & 0x80);
    if (isLetter) {
      word += c >= 'A' && c <= 'Z' ? char(c + 32) : c;
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  return words;
}

/// Level speeds of the hips, a value a frame; smoothed over half a second so that a swaying figure stands.
std::vector<float> rootSpeeds(const Motion& motion) {
  std::vector<float> speeds;
  const std::int64_t count = motion.frameCount();
  constexpr std::int64_t kReach = 7;
  for (std::int64_t f = 0; f < count; ++f) {
    const std::int64_t a = std::max<std::int64_t>(f - kReach, 0), b = std::min(f + kReach, count - 1);
    const glm::vec3 way = motion.rootPositions[b] - motion.rootPositions[a];
    speeds.push_back(b > a ? float(std::hypot(way.x, way.z) * motion.rate.fps() / double(b - a)) : 0.0f);
  }
  return speeds;
}

struct CaptionSums {
  std::set<std::string> vocabulary, distinct;
  std::vector<float> words, seconds;
  int captions = 0, wordings = 0, left = 0, right = 0;
  std::int64_t coveredFrames = 0;

  void add(const LibraryClip& clip) {
    std::vector<bool> covered(std::size_t(clip.motion.frameCount()), false);
    for (const Caption& caption : clip.captions) {
      ++captions;
      seconds.push_back(float(double(caption.frames.length()) / kEngineRate.fps()));
      for (std::int64_t f = std::max<std::int64_t>(caption.frames.start, 0); f < std::min(caption.frames.end, clip.motion.frameCount()); ++f) {
        covered[std::size_t(f)] = true;
      }
      bool isLeft = false, isRight = false;
      for (const std::string* text : {&caption.textA, &caption.textB, &caption.textC}) {
        if (text->empty()) continue;
        ++wordings;
        distinct.insert(*text);
        const std::vector<std::string> list = wordsOf(*text);
        words.push_back(float(list.size()));
        vocabulary.insert(list.begin(), list.end());
        const NamedSides sides = namedSides(*text);
        isLeft = isLeft || sides.left;
        isRight = isRight || sides.right;
      }
      left += isLeft;
      right += isRight;
    }
    coveredFrames += std::count(covered.begin(), covered.end(), true);
  }
};

Json tableJson(const Sums& sums, bool withSubjects) {
  Json rows = Json::object();
  for (const auto& [name, sum] : sums) {
    Json row = {{"clips", sum.clips}, {"minutes", rounded(minutesOf(sum.frames), 2)}, {"captions", sum.captions}};
    if (withSubjects) row["subjects"] = sum.subjects.size();
    rows[name.empty() ? "(none)" : name] = std::move(row);
  }
  return rows;
}

class Collecting {
 public:
  Collecting(const Library& library, const LibraryCheck& check) : library_(library), check_(check) {}

  Json run(std::string_view title) {
    for (std::size_t c = 0; c < library_.clips.size(); ++c) add(library_.clips[c], check_.clips[c].figures);
    Json card;
    card["format"] = "kinescore-data-card";
    card["title"] = title;
    card["skeleton"] = "kinescore22";
    card["frames_per_second"] = 30;
    card["clips"] = all_.clips;
    card["minutes"] = rounded(minutesOf(all_.frames), 2);
    card["subjects"] = all_.subjects.size();
    card["clip_seconds"] = spreadJson(spreadOf(clipSeconds_), 2);
    card["by_split"] = tableJson(bySplit_, true);
    card["subjects_in_several_splits"] = sharedSubjects();
    card["by_source"] = tableJson(bySource_, true);
    card["by_category"] = tableJson(byCategory_, false);
    card["by_quality"] = tableJson(byQuality_, false);
    card["by_action"] = actionsJson();
    card["captions"] = captionsJson();
    card["speeds"] = speedsJson();
    card["figures_by_quality"] = figuresJson();
    card["check"] = checkSummary();
    card["license_notice"] = library_.licenseNotice;
    return card;
  }

 private:
  void add(const LibraryClip& clip, const ClipFigures& figures) {
    const std::string subject = clip.source + " " + clip.subject;
    for (Sum* sum : {&all_, &bySplit_[std::string(nameOf(clip.split))], &bySource_[clip.source], &byCategory_[clip.category],
                     &byQuality_[std::string(nameOf(clip.quality))]}) {
      ++sum->clips;
      sum->frames += clip.motion.frameCount();
      sum->captions += int(clip.captions.size());
      sum->subjects.insert(subject);
    }
    splitsOf_[subject].insert(clip.split);
    captions_.add(clip);
    clipSeconds_.push_back(float(figures.seconds));
    figures_[std::string(nameOf(clip.quality))].push_back(figures);
    if (!figures.finite) return;
    const std::vector<float> speeds = rootSpeeds(clip.motion);
    speeds_.insert(speeds_.end(), speeds.begin(), speeds.end());
    for (const Caption& caption : clip.captions) {
      Sum& action = byAction_[caption.action];
      ++action.captions;
      action.frames += caption.frames.length();
      action.subjects.insert(subject);
      if (clip.split == Split::Train) trainFrames_[caption.action] += caption.frames.length();
      for (std::int64_t f = caption.frames.start; f < std::min(caption.frames.end, clip.motion.frameCount()); ++f) {
        action.way += speeds[std::size_t(f)] / kEngineRate.fps();
      }
    }
  }

  /// A subject of train that is also in another split: fine for takes of seen people, never for unseen ones.
  Json sharedSubjects() const {
    std::map<std::string, int> counts;
    for (const auto& [subject, splits] : splitsOf_) {
      for (const Split a : splits) {
        for (const Split b : splits) {
          if (a < b) ++counts[std::string(nameOf(a)) + " and " + std::string(nameOf(b))];
        }
      }
    }
    return Json(counts);
  }

  Json actionsJson() const {
    Json rows = Json::object();
    for (const auto& [name, sum] : byAction_) {
      const auto train = trainFrames_.find(name);
      rows[name] = {{"captions", sum.captions},
                    {"minutes", rounded(minutesOf(sum.frames), 2)},
                    {"train_minutes", rounded(train == trainFrames_.end() ? 0 : minutesOf(train->second), 2)},
                    {"subjects", sum.subjects.size()},
                    {"root_speed_m_s", rounded(sum.frames > 0 ? sum.way * kEngineRate.fps() / double(sum.frames) : 0, 2)}};
    }
    return rows;
  }

  Json captionsJson() const {
    const double frames = double(std::max<std::int64_t>(all_.frames, 1));
    return {{"captions", captions_.captions},
            {"wordings", captions_.wordings},
            {"distinct_wordings", captions_.distinct.size()},
            {"vocabulary_words", captions_.vocabulary.size()},
            {"words_a_wording", spreadJson(spreadOf(captions_.words), 0)},
            {"seconds_a_caption", spreadJson(spreadOf(captions_.seconds), 1)},
            {"share_of_time_captioned", rounded(double(captions_.coveredFrames) / frames, 3)},
            {"captions_naming_left", captions_.left},
            {"captions_naming_right", captions_.right}};
  }

  Json speedsJson() const {
    const auto share = [&](float from, float to) {
      const auto count = std::count_if(speeds_.begin(), speeds_.end(), [&](float v) { return v >= from && v < to; });
      return rounded(double(count) / double(std::max<std::size_t>(speeds_.size(), 1)), 3);
    };
    return {{"root_m_s", spreadJson(spreadOf(speeds_), 2)},
            {"share_standing_below_0.2", share(0, 0.2f)},
            {"share_slow_0.2_to_0.8", share(0.2f, 0.8f)},
            {"share_walking_0.8_to_2", share(0.8f, 2)},
            {"share_running_above_2", share(2, 1e9f)}};
  }

  Json figuresJson() const {
    Json rows = Json::object();
    for (const auto& [quality, list] : figures_) {
      Json row = Json::object();
      for (const CheckLimit& limit : checkLimits()) {
        std::vector<float> values;
        for (const ClipFigures& f : list) {
          if (f.finite) values.push_back(float(f.*limit.figure));
        }
        row[std::string(limit.name)] = spreadJson(spreadOf(values), 3);
      }
      rows[quality] = std::move(row);
    }
    return rows;
  }

  Json checkSummary() const {
    Json limits = Json::array();
    for (const CheckLimit& limit : checkLimits()) {
      limits.push_back({{"name", limit.name}, {limit.isLeast ? "at_least" : "at_most", check_.options.limits.*limit.value}, {"unit", limit.unit}, {"source", limit.source}});
    }
    Json rejected = Json::array();
    for (int c = 0; c < int(check_.clips.size()); ++c) {
      const std::vector<std::string> reasons = check_.reasonsOf(library_, c);
      if (!reasons.empty()) rejected.push_back({{"id", library_.clips[std::size_t(c)].id}, {"reasons", reasons}});
    }
    int overlaps = 0, across = 0;
    for (const Duplicate& d : check_.duplicates) {
      overlaps += d.isWhole() ? 0 : 1;
      across += library_.clips[std::size_t(d.kept)].split != library_.clips[std::size_t(d.other)].split ? 1 : 0;
    }
    return {{"limits", std::move(limits)}, {"rejected", std::move(rejected)}, {"overlaps", overlaps}, {"repeats_across_splits", across}};
  }

  const Library& library_;
  const LibraryCheck& check_;
  Sum all_;
  Sums bySplit_, bySource_, byCategory_, byQuality_, byAction_;
  std::map<std::string, std::int64_t> trainFrames_;
  std::map<std::string, std::set<Split>> splitsOf_;
  CaptionSums captions_;
  std::vector<float> clipSeconds_, speeds_;
  std::map<std::string, std::vector<ClipFigures>> figures_;
};

std::string shown(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_number_float()) return value.dump();
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value.get<double>());
  return text;
}

/// Rows of the same keys as a table; their name is the first column.
std::string tableOf(const Json& rows, const std::string& heading) {
  if (rows.empty()) return "none\n";
  std::string head = "| " + heading, line = "|---", body;
  for (const auto& [key, value] : rows.begin()->items()) {
    std::string name = key;
    if (name.ends_with("_m_s")) name.replace(name.size() - 4, 4, ", m/s");
    std::replace(name.begin(), name.end(), '_', ' ');
    head += " | " + name;
    line += "|---";
  }
  for (const auto& [name, row] : rows.items()) {
    body += "| " + name;
    for (const auto& [key, value] : row.items()) body += " | " + shown(value);
    body += " |\n";
  }
  return head + " |\n" + line + "|\n" + body;
}

std::string spreadText(const Json& spread) {
  return shown(spread["median"]) + " (" + shown(spread["p05"]) + " … " + shown(spread["p95"]) + ")";
}

std::string percentText(const Json& share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.0f %%", 100 * share.get<double>());
  return text;
}

std::string figuresTable(const Json& card) {
  std::string head = "| figure | unit | limit", line = "|---|---|---", body;
  for (const auto& [quality, row] : card["figures_by_quality"].items()) {
    head += " | " + quality;
    line += "|---";
  }
  head += " | where the limit comes from |\n";
  line += "|---|\n";
  for (const Json& limit : card["check"]["limits"]) {
    const std::string name = limit["name"];
    const bool isLeast = limit.contains("at_least");
    body += "| " + name + " | " + shown(limit["unit"]) + " | " + (isLeast ? "≥ " + shown(limit["at_least"]) : "≤ " + shown(limit["at_most"]));
    for (const auto& [quality, row] : card["figures_by_quality"].items()) body += " | " + spreadText(row[name]);
    body += " | " + shown(limit["source"]) + " |\n";
  }
  return head + line + body;
}

std::string markdownOf(const Json& card) {
  const Json &captions = card["captions"], &speeds = card["speeds"], &check = card["check"];
  std::string md = "# " + shown(card["title"]) + "\n\n";
  md += shown(card["clips"]) + " clips, " + shown(card["minutes"]) + " minutes at 30 frames a second, " + shown(card["subjects"]) +
        " subjects, on one skeleton (kinescore22: 22 joints, 1.75 m). Seconds a clip: " + spreadText(card["clip_seconds"]) +
        ". Where three numbers stand, they are the median and, in brackets, the 5th and 95th percentile.\n\n";
  md += "## Splits\n\n" + tableOf(card["by_split"], "split") + "\n";
  if (card["subjects_in_several_splits"].empty()) {
    md += "No subject is in two splits.\n\n";
  } else {
    md += "Subjects in two splits:";
    for (const auto& [pair, count] : card["subjects_in_several_splits"].items()) md += " " + pair + " " + shown(count) + ";";
    md.back() = '.';
    md += "\n\n";
  }
  md += "Repeats of a clip in another split: " + shown(check["repeats_across_splits"]) + ".\n\n";
  md += "## Sources\n\n" + tableOf(card["by_source"], "source") + "\n" + tableOf(card["by_category"], "category") + "\n" +
        tableOf(card["by_quality"], "quality") + "\n";
  md += "## Captions\n\n" + shown(captions["captions"]) + " captions in " + shown(captions["wordings"]) + " wordings (" +
        shown(captions["distinct_wordings"]) + " distinct), " + shown(captions["vocabulary_words"]) + " different words. Words a wording " +
        spreadText(captions["words_a_wording"]) + ", seconds a caption " + spreadText(captions["seconds_a_caption"]) + ". " +
        percentText(captions["share_of_time_captioned"]) + " of the time is captioned. Left is named in " +
        shown(captions["captions_naming_left"]) + " captions, right in " + shown(captions["captions_naming_right"]) + ".\n\n";
  md += tableOf(card["by_action"], "action") + "\n";
  md += "## Speeds\n\nLevel speed of the hips, m/s: " + spreadText(speeds["root_m_s"]) + ". Standing (below 0.2) " +
        percentText(speeds["share_standing_below_0.2"]) + ", slow (to 0.8) " + percentText(speeds["share_slow_0.2_to_0.8"]) +
        ", walking (to 2) " + percentText(speeds["share_walking_0.8_to_2"]) + ", running " + percentText(speeds["share_running_above_2"]) +
        " of the time.\n\n";
  md += "## Defects\n\n" + figuresTable(card) + "\nFloor figures are not asked of clips on ground that is not flat (quality no-floor).\n\n";
  md += std::to_string(check["rejected"].size()) + " clips pass a limit or repeat another clip; " + shown(check["overlaps"]) +
        " pairs share a part.\n";
  for (const Json& row : check["rejected"]) {
    md += "\n* " + shown(row["id"]) + ": ";
    for (std::size_t r = 0; r < row["reasons"].size(); ++r) md += (r == 0 ? "" : "; ") + shown(row["reasons"][r]);
  }
  md += "\n\n## Licences\n\n";
  for (const char c : shown(card["license_notice"])) md += c == '\n' ? std::string("\n\n") : std::string(1, c);
  return md + "\n";
}

}  // namespace

DataCard makeDataCard(const Library& library, const LibraryCheck& check, std::string_view title) {
  const Json card = Collecting(library, check).run(title);
  return {markdownOf(card), card.dump(1, ' ', false, Json::error_handler_t::replace) + "\n"};
}

}  // namespace kinescore
