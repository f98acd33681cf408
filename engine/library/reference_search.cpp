#include "engine/library/reference_search.h"

#include <algorithm>
#include <cassert>
#include <cctype>
#include <cmath>
#include <set>

namespace kinescore {
namespace {

// A reference half or twice as long says as much; beyond that every doubling costs this much cosine.
constexpr float kLengthCost = 0.1f;

float dot(const std::vector<float>& a, const std::vector<float>& b) {
  assert(a.size() == b.size());
  float sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

}  // namespace

NamedSides namedSides(std::string_view sentence) {
  NamedSides sides;
  std::string word;
  const auto finish = [&] {
    sides.left = sides.left || word == "left";
    sides.right = sides.right || word == "right";
    word.clear();
  };
  for (const char c : sentence) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalpha(byte)) {
      word += char(std::tolower(byte));
    } else {
      finish();
    }
  }
  finish();
  return sides;
}

bool ReferenceSearch::rate(const ReferenceQuery& query, ReferenceMatch& match) const {
  const ReferenceEntry& entry = entries_[match.entry];
  if (query.sides.any() && entry.sides.any() && query.sides != entry.sides) {
    if (query.sides != entry.sides.mirrored()) return false;
    match.mirror = true;
  }
  const float words = dot(query.vector, entry.vector);
  match.score = words;
  const std::vector<float>& tower = match.mirror ? query.mirroredTower : query.tower;
  if (!tower.empty() && tower.size() == entry.tower.size()) match.score = 0.5f * (words + dot(tower, entry.tower));
  if (entry.isOwn) match.score = std::max(match.score, words);
  if (query.frames > 0 && entry.frames > 0) {
    const float doublings = std::abs(std::log2(float(query.frames) / float(entry.frames)));
    match.score -= kLengthCost * std::max(doublings - 1, 0.0f);
  }
  if (entry.isOwn && match.score >= kLeastAlike) match.score += kOwnAdvantage;
  return true;
}

void ReferenceSearch::keepBest(std::vector<ReferenceMatch>& matches, std::size_t count) const {
  std::sort(matches.begin(), matches.end(), [](const ReferenceMatch& a, const ReferenceMatch& b) {
    return a.score != b.score ? a.score > b.score : a.entry < b.entry;
  });
  std::set<int> clips;
  std::erase_if(matches, [&](const ReferenceMatch& match) {
    return clips.size() >= count || !clips.insert(entries_[match.entry].clip).second;
  });
}

}  // namespace kinescore
