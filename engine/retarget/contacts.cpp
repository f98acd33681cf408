#include "engine/retarget/contacts.h"

#include <algorithm>
#include <cmath>

namespace kinescore {

namespace {

struct Rule {
  float speed;        // m/s
  float share;        // of the body's horizontal speed
  float aboveFlat;    // m
};
constexpr Rule kStart{0.15f, 0.06f, 0.05f};
constexpr Rule kKeep{0.25f, 0.10f, 0.07f};

// Horizontal speed of the middle between the hip joints over ± a quarter second.
std::vector<float> bodySpeeds(const MappedClip& clip) {
  const std::int64_t count = clip.frameCount();
  const std::int64_t reach = std::max<std::int64_t>(1, std::lround(clip.rate.fps() * 0.25));
  const auto middle = [&](std::int64_t f) {
    return 0.5f * (clip.legs[f][kLeft].hip + clip.legs[f][kRight].hip);
  };
  std::vector<float> speeds(count, 0.0f);
  for (std::int64_t f = 0; f < count; ++f) {
    const std::int64_t before = std::max<std::int64_t>(0, f - reach);
    const std::int64_t after = std::min(count - 1, f + reach);
    if (after == before) continue;
    const glm::vec3 way = middle(after) - middle(before);
    speeds[f] = std::hypot(way.x, way.z) * float(clip.rate.fps() / double(after - before));
  }
  return speeds;
}

// Fills runs of `from` shorter than or equal to `longest` that have neighbours on both sides
// (or, with `atEnds`, anywhere).
void replaceShortRuns(std::vector<std::uint8_t>& flags, std::uint8_t from, std::int64_t longest,
                      bool atEnds) {
  const std::int64_t count = std::int64_t(flags.size());
  for (std::int64_t f = 0; f < count;) {
    std::int64_t end = f;
    while (end < count && flags[end] == flags[f]) ++end;
    const bool inside = f > 0 && end < count;
    if (flags[f] == from && end - f <= longest && (inside || atEnds)) {
      std::fill(flags.begin() + f, flags.begin() + end, std::uint8_t(1 - from));
    }
    f = end;
  }
}

}  // namespace

std::vector<std::uint8_t> findContacts(const MappedClip& clip, const FlatHeights& flat,
                                       bool unevenGround) {
  const std::int64_t count = clip.frameCount();
  const std::vector<float> body = bodySpeeds(clip);
  std::vector<std::uint8_t> contacts(std::size_t(count) * 4, 0);
  for (int c = 0; c < 4; ++c) {
    const int side = c / 2;
    const bool isToe = c % 2 == 1;
    std::vector<glm::vec3> points;
    for (const auto& legs : clip.legs) points.push_back(isToe ? legs[side].toe : legs[side].ankle);
    const std::vector<float> speeds = speedsOf(points, clip.rate);
    const float flatHeight = isToe ? flat.toe : flat.ankle;
    const auto holds = [&](const Rule& rule, std::int64_t f) {
      return speeds[f] < std::max(rule.speed, rule.share * body[f]) &&
             (unevenGround || points[f].y < flatHeight + rule.aboveFlat);
    };
    std::vector<std::uint8_t> flags(count, 0);
    for (std::int64_t f = 0; f < count; ++f) {
      flags[f] = holds(kStart, f) || (f > 0 && flags[f - 1] && holds(kKeep, f));
    }
    for (std::int64_t f = count - 2; f >= 0; --f) {
      flags[f] = flags[f] || (flags[f + 1] && holds(kKeep, f));
    }
    const double fps = clip.rate.fps();
    replaceShortRuns(flags, 0, std::int64_t(fps / 30.0 + 1e-6), false);
    replaceShortRuns(flags, 1, std::int64_t(std::ceil(fps / 20.0 - 1e-6)) - 1, true);
    for (std::int64_t f = 0; f < count; ++f) contacts[f * 4 + c] = flags[f];
  }
  return contacts;
}

}  // namespace kinescore
