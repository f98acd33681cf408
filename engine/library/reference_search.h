// Which captured moments may be shown beside a prompt: those whose captions say nearly the same, on
// the same side of the body, for about as long. The sentences' vectors are the caller's business.
//
// model.md §5: the text model hardly tells left from right, so sides are checked by the words, and
// a candidate of the other side is shown mirrored.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace kinescore {

/// Sides that a sentence names as whole words.
struct NamedSides {
  bool left = false, right = false;
  bool operator==(const NamedSides&) const = default;
  [[nodiscard]] bool any() const { return left || right; }
  [[nodiscard]] NamedSides mirrored() const { return {right, left}; }
};
[[nodiscard]] NamedSides namedSides(std::string_view sentence);

/// A captioned part of a clip that may be shown.
struct ReferenceEntry {
  int clip = 0, caption = 0;  // the caller's numbers
  std::int64_t frames = 0;
  NamedSides sides;
  std::vector<float> vector;  // of the caption, unit length
  std::vector<float> tower;   // of the motion (retrieval_tower.h), unit length; may be empty
  bool isOwn = false;         // of a library that the user added
};

struct ReferenceQuery {
  std::vector<float> vector;  // of the prompt, unit length
  NamedSides sides;
  std::int64_t frames = 0;    // how long the prompt lasts; 0: not known
  std::vector<float> tower, mirroredTower;  // of the prompt and of its mirror image; empty: words alone count
};

struct ReferenceMatch {
  int entry = 0;
  bool mirror = false;  // the candidate's sides are the prompt's, mirrored
  float score = 0;      // half cosine of the words, half of the towers (words alone where a tower is missing),
                        // less what a very different length costs. The user's own clips: the better of that and
                        // the words, and kOwnAdvantage more when that speaks of the same at all
};

/// A score below it: the captions speak of something else.
constexpr float kLeastAlike = 0.35f;
/// What an added library is added for: its clips go before those that ship. Their captions are often file names, and the
/// tower never saw the like of them.
constexpr float kOwnAdvantage = 0.2f;

class ReferenceSearch {
 public:
  explicit ReferenceSearch(std::vector<ReferenceEntry> entries) : entries_(std::move(entries)) {}

  [[nodiscard]] const std::vector<ReferenceEntry>& entries() const { return entries_; }
  /// The best matches that `allows` lets pass, best first, one a clip, at most `count`. Entries whose
  /// sides contradict the query's, also mirrored, are left out.
  template <class Allows>
  [[nodiscard]] std::vector<ReferenceMatch> find(const ReferenceQuery& query, std::size_t count,
                                                 const Allows& allows) const {
    std::vector<ReferenceMatch> matches;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      ReferenceMatch match{.entry = int(i)};
      if (allows(entries_[i]) && rate(query, match)) matches.push_back(match);
    }
    keepBest(matches, count);
    return matches;
  }

 private:
  [[nodiscard]] bool rate(const ReferenceQuery& query, ReferenceMatch& match) const;
  void keepBest(std::vector<ReferenceMatch>& matches, std::size_t count) const;

  std::vector<ReferenceEntry> entries_;
};

}  // namespace kinescore
