#include "engine/generation/beat_warp.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "engine/media/heard_sound.h"

namespace kinescore {
namespace {

constexpr double kMostChange = 0.4;      // of the pace, at full strength
constexpr double kFarthestMove = 10;      // frames, and never more than half a beat
constexpr double kPaceCost = 1.5;          // of a beat's length at e times the pace
constexpr double kMoveCost = 0.15;        // of a move by half a beat
constexpr double kMissCost = 0.4;         // of an accent of full strength that lands between beats
constexpr double kOnBeat = 3;             // frames: 0.1 s
constexpr double kNearFixed = 3;          // frames that stay as they are beside a fixed one

/// A moment of the motion and when it is to be.
struct Knot {
  double from = 0, to = 0;
  float strength = 0;  // of its accent
};

double gapToBeat(double frame, std::span<const double> beats) {
  const auto after = std::lower_bound(beats.begin(), beats.end(), frame);
  double gap = std::numeric_limits<double>::infinity();
  if (after != beats.end()) gap = *after - frame;
  if (after != beats.begin()) gap = std::min(gap, frame - *(after - 1));
  return gap;
}

/// The best way through one stretch whose ends stay (dynamic programming over accents that might be on a beat).
class Stretch {
 public:
  Stretch(const BeatWarpProblem& problem, std::int64_t first, std::int64_t last)
      : problem_(problem), first_(double(first)), last_(double(last)) {
    for (const Accent& accent : problem.accents) {
      if (accent.frame > first_ + kNearFixed && accent.frame < last_ - kNearFixed) inside_.push_back(accent);
    }
  }

  void addKnots(std::vector<Knot>& knots) {
    nodes_ = {{{first_, first_, 0}, 0, -1, -1}};
    for (std::size_t i = 0; i < inside_.size(); ++i) addCandidates(int(i));
    nodes_.push_back({{last_, last_, 0}, 0, -1, int(inside_.size())});
    for (std::size_t n = 1; n < nodes_.size(); ++n) findBestWayTo(n);
    std::vector<Knot> way;
    for (int n = nodes_.back().before; n > 0; n = nodes_[n].before) way.push_back(nodes_[n].knot);
    knots.insert(knots.end(), way.rbegin(), way.rend());
  }

 private:
  struct Node {
    Knot knot;
    double value = 0;  // of the best way to here
    int before = -1;   // the node it comes from
    int accent = -1;
  };

  double strengthAt(double frame) const {
    const auto i = std::size_t(std::clamp<double>(frame - double(problem_.frames.start), 0, double(problem_.strength.size() - 1)));
    return problem_.strength[i];
  }

  void addCandidates(int i) {
    const Accent& accent = inside_[i];
    if (strengthAt(accent.frame) <= 0) return;
    for (std::size_t k = 0; k < problem_.beats.size(); ++k) {
      const double beat = problem_.beats[k];
      if (beat <= first_ + kNearFixed || beat >= last_ - kNearFixed) continue;
      if (std::abs(beat - accent.frame) > std::min(kFarthestMove, 0.5 * beatLength(k))) continue;
      nodes_.push_back({{accent.frame, beat, accent.strength}, 0, -1, i});
    }
  }

  double beatLength(std::size_t k) const {
    const std::size_t next = std::min(k + 1, problem_.beats.size() - 1);
    return next > 0 ? problem_.beats[next] - problem_.beats[next - 1] : kFarthestMove;
  }

  void findBestWayTo(std::size_t n) {
    Node& node = nodes_[n];
    node.value = -std::numeric_limits<double>::infinity();
    for (std::size_t p = 0; p < n; ++p) {
      if (nodes_[p].accent == node.accent && n + 1 < nodes_.size()) continue;
      if (!std::isfinite(nodes_[p].value)) continue;
      const double value = nodes_[p].value + worthOf(nodes_[p], node);
      if (value > node.value) {
        node.value = value;
        node.before = int(p);
      }
    }
  }

  // Of going from one knot to the next, and of arriving there. −infinity: it cannot be.
  double worthOf(const Node& p, const Node& q) const {
    const double from = q.knot.from - p.knot.from, to = q.knot.to - p.knot.to;
    if (from <= 0 || to <= 0) return -std::numeric_limits<double>::infinity();
    const double strength = std::min(strengthAt(p.knot.from), strengthAt(q.knot.from));
    const double change = std::log(to / from);
    if (std::abs(change) > std::log1p(kMostChange * std::max(strength, 0.0)) + 1e-9) {
      return -std::numeric_limits<double>::infinity();
    }
    const double beat = problem_.beats.size() > 1 ? problem_.beats[1] - problem_.beats[0] : 15;
    const double moved = (q.knot.to - q.knot.from) / (0.5 * beat);
    double worth = q.knot.strength - kMoveCost * moved * moved - kPaceCost * change * change * to / beat;
    for (int i = p.accent + 1; i < q.accent; ++i) {
      const double lands = p.knot.to + (inside_[i].frame - p.knot.from) * to / from;
      if (gapToBeat(lands, problem_.beats) > kOnBeat) worth -= kMissCost * inside_[i].strength;
    }
    return worth;
  }

  const BeatWarpProblem& problem_;
  double first_, last_;
  std::vector<Accent> inside_;
  std::vector<Node> nodes_;
};

/// From `to` to `from` by monotone cubics, at the pace of the motion at both ends.
class Clock {
 public:
  explicit Clock(std::vector<Knot> knots) : knots_(std::move(knots)), slopes_(knots_.size(), 1) {
    const auto secant = [&](std::size_t i) {
      return (knots_[i + 1].from - knots_[i].from) / (knots_[i + 1].to - knots_[i].to);
    };
    for (std::size_t i = 1; i + 1 < knots_.size(); ++i) {
      slopes_[i] = 2 * secant(i - 1) * secant(i) / (secant(i - 1) + secant(i));
    }
    for (std::size_t i = 0; i + 1 < knots_.size(); ++i) {  // what keeps it monotone
      slopes_[i] = std::min(slopes_[i], 3 * secant(i));
      slopes_[i + 1] = std::min(slopes_[i + 1], 3 * secant(i));
    }
  }

  [[nodiscard]] double at(double frame) const {
    std::size_t i = 0;
    while (i + 2 < knots_.size() && knots_[i + 1].to < frame) ++i;
    const Knot &a = knots_[i], &b = knots_[i + 1];
    const double length = b.to - a.to, t = std::clamp((frame - a.to) / length, 0.0, 1.0);
    const double t2 = t * t, t3 = t2 * t;
    return a.from * (2 * t3 - 3 * t2 + 1) + slopes_[i] * length * (t3 - 2 * t2 + t) + b.from * (3 * t2 - 2 * t3) +
           slopes_[i + 1] * length * (t3 - t2);
  }

 private:
  std::vector<Knot> knots_;
  std::vector<double> slopes_;
};

}  // namespace

std::vector<double> warpToBeats(const BeatWarpProblem& problem) {
  const FrameRange frames = problem.frames;
  assert(std::int64_t(problem.strength.size()) == frames.length());
  std::vector<std::int64_t> stays{frames.start};
  for (const std::int64_t f : problem.fixed) {
    if (f > stays.back() && f < frames.end - 1) stays.push_back(f);
  }
  if (frames.end - 1 > stays.back()) stays.push_back(frames.end - 1);
  std::vector<Knot> knots{{double(frames.start), double(frames.start), 0}};
  for (std::size_t i = 0; i + 1 < stays.size(); ++i) {
    Stretch(problem, stays[i], stays[i + 1]).addKnots(knots);
    knots.push_back({double(stays[i + 1]), double(stays[i + 1]), 0});
  }
  std::vector<double> source(std::size_t(frames.length()), double(frames.start));
  if (knots.size() < 2) return source;
  const Clock clock(std::move(knots));
  for (std::size_t i = 0; i < source.size(); ++i) source[i] = clock.at(double(frames.start) + double(i));
  return source;
}

void retime(std::span<float> values, std::int64_t first, std::span<const double> source) {
  const auto frames = std::int64_t(values.size() / kFeatureCount);
  const std::vector<float> taken(values.begin(), values.end());
  const auto row = [&](std::int64_t f) {
    return taken.data() + std::size_t(std::clamp<std::int64_t>(f, 0, frames - 1)) * kFeatureCount;
  };
  for (std::size_t i = 0; i < source.size(); ++i) {
    const auto before = std::int64_t(std::floor(source[i]));
    const float t = float(source[i] - double(before));
    const std::size_t last = source.size() - 1;
    const double pace = i == 0 || i == last ? 1 : (source[i + 1] - source[i - 1]) / 2;
    const float *a = row(before - 1), *b = row(before), *c = row(before + 1), *d = row(before + 2);
    float* out = values.data() + std::size_t(first + std::int64_t(i)) * kFeatureCount;
    for (int k = 0; k < kFeatureCount; ++k) {
      const bool isVelocity = k >= kVelocityChannel && k < kContactChannel;
      if (k >= kContactChannel) {
        out[k] = t < 0.5f ? b[k] : c[k];
        continue;
      }
      // Catmull-Rom: between frames nothing is smoothed away
      const float t2 = t * t, t3 = t2 * t;
      const float mixed = 0.5f * (2 * b[k] + (c[k] - a[k]) * t + (2 * a[k] - 5 * b[k] + 4 * c[k] - d[k]) * t2 +
                                  (3 * b[k] - a[k] - 3 * c[k] + d[k]) * t3);
      out[k] = isVelocity ? mixed * float(pace) : mixed;
    }
  }
}

namespace {

std::vector<std::int64_t> framesWithATime(const GenerationRequest& request) {
  std::vector<std::int64_t> frames;
  const auto add = [&](Ticks time) { frames.push_back(nearestFrame(time, kEngineRate)); };
  for (const PoseKeyRequest& key : request.poses) add(key.time);
  for (const TargetRequest& target : request.targets) add(target.time);
  for (const ContactRequest& contact : request.contacts) {
    add(contact.span.start);
    add(contact.span.end);
  }
  std::sort(frames.begin(), frames.end());
  return frames;
}

std::vector<Accent> accentsWithin(std::span<const float> world, FrameRange made, FrameRange frames) {
  const auto rows = world.subspan(std::size_t(made.start) * kFeatureCount, std::size_t(made.length()) * kFeatureCount);
  // contacts as they are performed: what the network says of them flickers
  const MotionFeatures performed = featuresFromMotion(motionFromFeatures(rows));
  std::vector<Accent> within;
  for (Accent accent : accentsOf(performed.values)) {
    accent.frame += double(made.start);
    if (frames.contains(std::int64_t(std::lround(accent.frame)))) within.push_back(accent);
  }
  return within;
}

std::vector<double> beatsWithin(const RhythmRequest& rhythm, FrameRange frames) {
  std::vector<double> beats;
  if (rhythm.heard) {
    for (const double time : rhythm.heard->beats) {
      const double at = (secondsOf(rhythm.soundStart) + time) * kEngineRate.fps();
      if (at >= double(frames.start) && at < double(frames.end)) beats.push_back(at);
    }
    return beats;
  }
  const double period = 60 * kEngineRate.fps() / rhythm.beatsPerMinute;
  const double some = secondsOf(rhythm.firstBeat) * kEngineRate.fps();
  for (double at = some + std::ceil((double(frames.start) - some) / period) * period; at < double(frames.end); at += period) {
    beats.push_back(at);
  }
  return beats;
}

double countOnBeat(std::span<const Accent> accents, std::span<const double> beats) {
  return double(std::count_if(accents.begin(), accents.end(),
                              [&](const Accent& a) { return gapToBeat(a.frame, beats) <= kOnBeat; }));
}

}  // namespace

std::optional<BeatsKept> keepBeats(const GenerationRequest& request, FrameRange made, std::span<float> world) {
  if (!request.views.empty()) return std::nullopt;
  const std::vector<std::int64_t> fixed = framesWithATime(request);
  BeatsKept on;
  double before = 0, after = 0;
  for (const RhythmRequest& rhythm : request.rhythms) {
    FrameRange frames{std::max(made.start, frameAtOrAfter(rhythm.span.start, kEngineRate)),
                      std::min(made.end, frameAtOrAfter(rhythm.span.end, kEngineRate))};
    if (frames.length() < 2) continue;
    const std::vector<double> beats = beatsWithin(rhythm, frames);
    std::vector<float> strength;
    for (std::int64_t f = frames.start; f < frames.end; ++f) {
      strength.push_back(rhythm.strength.at(ticksOfFrame(f, kEngineRate) - rhythm.span.start));
    }
    const std::vector<Accent> accents = accentsWithin(world, made, frames);
    if (beats.empty() || accents.empty()) continue;
    retime(world, frames.start, warpToBeats({frames, accents, beats, strength, fixed}));
    const std::vector<Accent> kept = accentsWithin(world, made, frames);
    before += double(accents.size());
    after += double(kept.size());
    on.before += countOnBeat(accents, beats);
    on.after += countOnBeat(kept, beats);
  }
  if (before == 0 || after == 0) return std::nullopt;
  return BeatsKept{on.before / before, on.after / after};
}

}  // namespace kinescore
