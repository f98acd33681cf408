#include "engine/evaluate/evaluation_manifest.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "engine/core/files.h"
#include "engine/core/hash.h"
#include "engine/core/random.h"
#include "engine/generation/features.h"
#include "engine/storage/json.h"

namespace kinescore {
namespace {

using Json = nlohmann::json;

constexpr const char* kFormat = "kinescore-evaluation-1";
constexpr Split kSplits[] = {Split::Val, Split::Test, Split::Unseen};
constexpr std::uint64_t kDrawSeed = 20261;
constexpr std::int64_t kShortestStretch = 30, kLongestStretch = 300;
constexpr std::int64_t kLongestInbetween = 6 * kInbetweenSpacing;  // frames between its first and its last
constexpr int kInbetweensOfClip = 2;
constexpr std::int64_t kKeyWindow = 150, kShortestKeyWindow = 90, kKeyMargin = 15, kKeyDistance = 15;
constexpr int kPosesOfWindow = 2, kTargetsOfWindow = 2;
constexpr int kTargetJoints[] = {kLeftHand, kRightHand, kLeftToeBase, kRightToeBase, kHead};
constexpr std::int64_t kPathWindow = 180, kShortestPathWindow = 60, kPathStep = 15, kDrawnStep = 30;
constexpr double kShortestWay = 1.5;  // metres
constexpr int kMostPaths = 20, kDrawnPaths = 10;
constexpr const char* kDrawnPrompt = "a person walks forward";

double rounded(double value) { return std::round(value * 1e4) / 1e4; }

// A number in [low, high], a function of the clip and of what is drawn.
std::int64_t drawn(CounterRandom& random, std::int64_t low, std::int64_t high) {
  return low + std::int64_t(random.below(std::uint64_t(high - low + 1)));
}

void addStretches(const LibraryClip& clip, EvaluationSplit& split) {
  for (const Caption& caption : clip.captions) {
    FrameRange frames{std::max<std::int64_t>(caption.frames.start, 0),
                      std::min(caption.frames.end, clip.motion.frameCount())};
    frames.end = std::min(frames.end, frames.start + kLongestStretch);
    if (frames.length() < kShortestStretch) continue;
    split.stretches.push_back({clip.id, frames, caption.action, caption.textB.empty() ? caption.textA : caption.textB,
                               caption.textC.empty() ? caption.textA : caption.textC});
  }
}

void addInbetweens(const LibraryClip& clip, EvaluationSplit& split) {
  const std::int64_t length = clip.motion.frameCount();
  const std::int64_t between = std::min(kLongestInbetween, (length - 1) / kInbetweenSpacing * kInbetweenSpacing);
  if (between < 2 * kInbetweenSpacing) return;
  const auto count = std::clamp<std::int64_t>(length / (between + 1), 1, kInbetweensOfClip);
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t start = count > 1 ? (length - between - 1) * i / (count - 1) : 0;
    EvaluationInbetween one{clip.id, {start, start + between + 1}, {}};
    for (std::int64_t f = 0; f <= between; f += kInbetweenSpacing) one.keys.push_back(f);
    split.inbetweens.push_back(std::move(one));
  }
}

void addKeys(const LibraryClip& clip, CounterRandom& random, EvaluationSplit& split) {
  const std::int64_t length = std::min(clip.motion.frameCount(), kKeyWindow);
  if (length < kShortestKeyWindow) return;
  EvaluationKeys one;
  one.clip = clip.id;
  one.frames.start = drawn(random, 0, clip.motion.frameCount() - length);
  one.frames.end = one.frames.start + length;
  std::vector<std::int64_t> taken;
  for (int attempt = 0; attempt < 200 && int(taken.size()) < kPosesOfWindow + kTargetsOfWindow; ++attempt) {
    const std::int64_t frame = drawn(random, kKeyMargin, length - 1 - kKeyMargin);
    const auto isNear = [&](std::int64_t t) { return std::abs(t - frame) < kKeyDistance; };
    if (std::any_of(taken.begin(), taken.end(), isNear)) continue;
    taken.push_back(frame);
    if (int(one.poses.size()) < kPosesOfWindow) one.poses.push_back(frame);
    else one.targets.push_back({frame, kTargetJoints[random.below(std::size(kTargetJoints))]});
  }
  std::sort(one.poses.begin(), one.poses.end());
  std::sort(one.targets.begin(), one.targets.end(), [](const auto& a, const auto& b) { return a.frame < b.frame; });
  split.keys.push_back(std::move(one));
}

void addPath(const LibraryClip& clip, EvaluationSplit& split) {
  const std::int64_t length = std::min(clip.motion.frameCount(), kPathWindow);
  if (length < kShortestPathWindow || !clip.flatFloor) return;
  const MotionFeatures features = featuresFromMotion(clip.motion.slice({0, length}));
  const auto root = [&](std::int64_t f) {
    return glm::dvec2(features.values[f * kFeatureCount], features.values[f * kFeatureCount + 2]);
  };
  double way = 0;
  for (std::int64_t f = 1; f < length; ++f) way += glm::length(root(f) - root(f - 1));
  if (way < kShortestWay) return;
  EvaluationPath path{clip.id, {0, length}, {}, {}};
  for (std::int64_t f = 0; f < length; f += kPathStep) path.points.push_back({f, {float(rounded(root(f).x)), float(rounded(root(f).y))}});
  split.paths.push_back(std::move(path));
}

// A walk that turns as it likes: a point a second.
EvaluationPath drawnPath(std::uint64_t number) {
  CounterRandom random(kDrawSeed, number, 0x70617468);
  EvaluationPath path{{}, {0, kPathWindow}, kDrawnPrompt, {}};
  const double speed = random.uniform(0.7, 1.4);
  double heading = random.uniform(-M_PI, M_PI), x = 0, z = 0;
  for (std::int64_t f = 0; f < kPathWindow; f += kDrawnStep) {
    path.points.push_back({f, {float(rounded(x)), float(rounded(z))}});
    const double seconds = double(kDrawnStep) / 30;
    x += seconds * speed * std::sin(heading);
    z += seconds * speed * std::cos(heading);
    heading += random.uniform(-0.7, 0.7);
  }
  path.frames.end = path.points.back().frame + 1;
  return path;
}

Json framesJson(const FrameRange& frames) { return Json::array({frames.start, frames.end}); }

Json jsonOf(const EvaluationSplit& split) {
  Json json;
  json["clips"] = split.clips;
  json["stretches"] = Json::array();
  for (const auto& s : split.stretches) {
    json["stretches"].push_back({{"clip", s.clip}, {"frames", framesJson(s.frames)}, {"action", s.action}, {"text_b", s.textB}, {"text_c", s.textC}});
  }
  json["in_betweens"] = Json::array();
  for (const auto& i : split.inbetweens) {
    json["in_betweens"].push_back({{"clip", i.clip}, {"frames", framesJson(i.frames)}, {"keys", i.keys}});
  }
  json["keys"] = Json::array();
  for (const auto& k : split.keys) {
    Json targets = Json::array();
    for (const auto& t : k.targets) targets.push_back({{"frame", t.frame}, {"joint", kinescore22()->jointNames[t.joint]}});
    json["keys"].push_back({{"clip", k.clip}, {"frames", framesJson(k.frames)}, {"poses", k.poses}, {"targets", targets}});
  }
  json["paths"] = Json::array();
  for (const auto& p : split.paths) {
    Json points = Json::array();
    for (const auto& w : p.points) points.push_back({w.frame, rounded(w.position.x), rounded(w.position.y)});
    json["paths"].push_back({{"clip", p.clip}, {"frames", framesJson(p.frames)}, {"prompt", p.prompt}, {"points", points}});
  }
  return json;
}

Json jsonWithoutHash(const EvaluationManifest& m) {
  Json json;
  json["format"] = kFormat;
  json["seeds"] = m.seeds;
  json["in_between_seeds"] = m.inbetweenSeeds;
  json["constraint_seeds"] = m.constraintSeeds;
  json["pool_seed"] = m.poolSeed;
  json["bootstrap_seed"] = m.bootstrapSeed;
  json["pools"] = m.pools;
  json["pool_size"] = m.poolSize;
  json["bootstraps"] = m.bootstraps;
  for (const auto& [split, content] : m.splits) json["splits"][nameOf(split)] = jsonOf(content);
  return json;
}

FrameRange framesFrom(const Json& json) {
  return {json.at(0).get<std::int64_t>(), json.at(1).get<std::int64_t>()};
}

// Throws nlohmann's exceptions on what is missing or of the wrong kind.
EvaluationSplit splitFrom(const Json& json) {
  EvaluationSplit split;
  split.clips = json.at("clips").get<std::map<std::string, std::string>>();
  for (const Json& s : json.at("stretches")) {
    split.stretches.push_back({s.at("clip"), framesFrom(s.at("frames")), s.at("action"), s.at("text_b"), s.at("text_c")});
  }
  for (const Json& i : json.at("in_betweens")) {
    split.inbetweens.push_back({i.at("clip"), framesFrom(i.at("frames")), i.at("keys").get<std::vector<std::int64_t>>()});
  }
  for (const Json& k : json.at("keys")) {
    EvaluationKeys keys{k.at("clip"), framesFrom(k.at("frames")), k.at("poses").get<std::vector<std::int64_t>>(), {}};
    for (const Json& t : k.at("targets")) {
      keys.targets.push_back({t.at("frame").get<std::int64_t>(), kinescore22()->findJoint(t.at("joint").get<std::string>()).value_or(-1)});
    }
    split.keys.push_back(std::move(keys));
  }
  for (const Json& p : json.at("paths")) {
    EvaluationPath path{p.at("clip"), framesFrom(p.at("frames")), p.at("prompt"), {}};
    for (const Json& w : p.at("points")) {
      path.points.push_back({w.at(0).get<std::int64_t>(), {w.at(1).get<float>(), w.at(2).get<float>()}});
    }
    split.paths.push_back(std::move(path));
  }
  return split;
}

}  // namespace

Status checkMayBeEvaluatedOn(const Library& library) {
  if (library.userFolder.empty()) return {};
  return Error{ErrorCode::InvalidArgument, "This library was added from “" + library.userFolder +
                                               "”; models are evaluated on the library that ships, never on a user's clips."};
}

Result<EvaluationManifest> freezeManifest(const Library& library) {
  if (Status allowed = checkMayBeEvaluatedOn(library); !allowed) return allowed.error();
  EvaluationManifest manifest;
  manifest.seeds = {101, 102, 103, 104, 105, 106, 107, 108};
  manifest.inbetweenSeeds = {101, 102, 103, 104, 105};
  manifest.constraintSeeds = {101, 102};
  manifest.poolSeed = 301;
  manifest.bootstrapSeed = 302;
  for (const Split s : kSplits) manifest.splits[s];
  std::set<std::string> motions;
  for (const LibraryClip& clip : library.clips) {
    const std::string identity = identityHash(clip.motion);
    const bool isNew = motions.insert(identity).second;
    const auto split = manifest.splits.find(clip.split);
    if (split == manifest.splits.end() || clip.quality == ClipQuality::Keyed || !isNew) continue;
    EvaluationSplit& to = split->second;
    to.clips[clip.id] = identity;
    CounterRandom random(kDrawSeed, fnv1a(clip.id));
    addStretches(clip, to);
    addInbetweens(clip, to);
    addKeys(clip, random, to);
    addPath(clip, to);
  }
  for (auto& [name, split] : manifest.splits) {
    if (split.stretches.empty()) {
      return Error{ErrorCode::BadInput, std::string("The library holds no captioned clips of the split “") + nameOf(name) + "” to freeze."};
    }
    if (split.paths.size() > kMostPaths) split.paths.resize(kMostPaths);
    for (int i = 0; i < kDrawnPaths; ++i) split.paths.push_back(drawnPath(std::uint64_t(name) * 100 + std::uint64_t(i)));
  }
  manifest.hash = sha256Hex(jsonWithoutHash(manifest).dump());
  return manifest;
}

std::string writeManifest(const EvaluationManifest& manifest) {
  Json json = jsonWithoutHash(manifest);
  json["hash"] = manifest.hash;
  return json.dump(1) + "\n";
}

Result<EvaluationManifest> readManifest(std::string_view text) {
  auto json = parseJson(text, "evaluation manifest", 64 << 20);
  if (!json) return json.error();
  const auto damaged = [](const std::string& why) {
    return Error{ErrorCode::BadInput, "The evaluation manifest cannot be used: " + why};
  };
  EvaluationManifest m;
  try {
    if (json->at("format") != kFormat) return damaged("it is of another version.");
    m.hash = json->at("hash").get<std::string>();
    Json rest = *json;
    rest.erase("hash");
    if (sha256Hex(rest.dump()) != m.hash) {
      return damaged("it was changed after it was frozen; fetch it again.");
    }
    m.seeds = json->at("seeds").get<std::vector<std::uint64_t>>();
    m.inbetweenSeeds = json->at("in_between_seeds").get<std::vector<std::uint64_t>>();
    m.constraintSeeds = json->at("constraint_seeds").get<std::vector<std::uint64_t>>();
    m.poolSeed = json->at("pool_seed").get<std::uint64_t>();
    m.bootstrapSeed = json->at("bootstrap_seed").get<std::uint64_t>();
    m.pools = json->at("pools").get<int>();
    m.poolSize = json->at("pool_size").get<int>();
    m.bootstraps = json->at("bootstraps").get<int>();
    for (const Split split : kSplits) m.splits[split] = splitFrom(json->at("splits").at(nameOf(split)));
  } catch (const Json::exception&) {
    return damaged("something is missing in it or of the wrong kind.");
  }
  const auto inside = [](int value, int most) { return value >= 1 && value <= most; };
  if (m.seeds.empty() || m.inbetweenSeeds.empty() || m.constraintSeeds.empty() || !inside(m.pools, 100000) ||
      !inside(m.poolSize, 1000) || !inside(m.bootstraps, 1000000)) {
    return damaged("its counts are out of all reason.");
  }
  return m;
}

Result<EvaluationManifest> loadManifest(const std::filesystem::path& path) {
  auto bytes = readFile(path, 64 << 20);
  if (!bytes) return bytes.error();
  return readManifest(*bytes);
}

Status checkManifest(const EvaluationManifest& manifest, Split name, const Library& library) {
  const auto found = manifest.splits.find(name);
  const auto differs = [](const std::string& why) {
    return Error{ErrorCode::BadInput, "The library is not the one that the evaluation was frozen with: " + why};
  };
  if (found == manifest.splits.end()) return Error{ErrorCode::InvalidArgument, "Only val, test and unseen are evaluated."};
  const EvaluationSplit& split = found->second;
  for (const auto& [id, identity] : split.clips) {
    const LibraryClip* clip = library.findClip(id);
    if (!clip) return differs("the clip “" + id + "” is not in it.");
    if (clip->split != name) return differs("the clip “" + id + "” is in another split.");
    if (identityHash(clip->motion) != identity) return differs("the motion of “" + id + "” is another one.");
  }
  const auto fits = [&](const std::string& id, const FrameRange& frames) {
    if (!split.clips.contains(id)) return false;
    return frames.start >= 0 && frames.length() > 1 && frames.end <= library.findClip(id)->motion.frameCount();
  };
  const auto inside = [](std::int64_t frame, const FrameRange& frames) { return frame >= 0 && frame < frames.length(); };
  bool fine = true;
  for (const auto& s : split.stretches) fine &= fits(s.clip, s.frames) && !s.textB.empty() && !s.textC.empty();
  for (const auto& i : split.inbetweens) {
    fine &= fits(i.clip, i.frames) && i.keys.size() > 1 && std::is_sorted(i.keys.begin(), i.keys.end());
    for (const std::int64_t key : i.keys) fine &= inside(key, i.frames);
  }
  for (const auto& k : split.keys) {
    fine &= fits(k.clip, k.frames);
    for (const std::int64_t f : k.poses) fine &= inside(f, k.frames);
    for (const auto& t : k.targets) fine &= inside(t.frame, k.frames) && t.joint >= 0;
  }
  for (const auto& p : split.paths) {
    fine &= (p.clip.empty() ? !p.prompt.empty() && p.frames.start == 0 && p.frames.length() > 1 && p.frames.end < 10000 : fits(p.clip, p.frames));
    fine &= p.points.size() > 1;
    for (std::size_t i = 0; i < p.points.size(); ++i) {
      fine &= inside(p.points[i].frame, p.frames) && (i == 0 || p.points[i - 1].frame < p.points[i].frame);
    }
  }
  if (!fine) return Error{ErrorCode::BadInput, "The evaluation manifest names frames that its clips do not have."};
  return {};
}

}  // namespace kinescore
