#include "engine/io/glb_animation.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "engine/io/limits.h"
#include "engine/storage/json.h"

namespace kinescore {

namespace {

using nlohmann::json;

constexpr std::uint32_t kMagic = 0x46546c67;      // "glTF"
constexpr std::uint32_t kJsonChunk = 0x4e4f534a;  // "JSON"
constexpr std::uint32_t kBinChunk = 0x004e4942;   // "BIN"
constexpr double kMaxDuration = 3600;

std::uint32_t word(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value |= std::uint32_t(std::uint8_t(bytes[at + i])) << (8 * i);
  return value;
}

// glTF's component types.
std::size_t componentSize(int type) {
  switch (type) {
    case 5120: case 5121: return 1;
    case 5122: case 5123: return 2;
    case 5125: case 5126: return 4;
    default: return 0;
  }
}

int widthOf(const std::string& type) {
  if (type == "SCALAR") return 1;
  if (type == "VEC3") return 3;
  if (type == "VEC4") return 4;
  return 0;
}

// Integers in rotations are normalized (glTF 2.0, animation samplers).
float component(std::string_view bytes, std::size_t at, int type) {
  switch (type) {
    case 5120: return std::max(float(std::int8_t(bytes[at])) / 127.0f, -1.0f);
    case 5121: return float(std::uint8_t(bytes[at])) / 255.0f;
    case 5122: {
      const auto v = std::int16_t(std::uint8_t(bytes[at]) | (std::uint8_t(bytes[at + 1]) << 8));
      return std::max(float(v) / 32767.0f, -1.0f);
    }
    case 5123: return float(std::uint8_t(bytes[at]) | (std::uint8_t(bytes[at + 1]) << 8)) / 65535.0f;
    default: {
      const std::uint32_t bits = word(bytes, at);
      float v;
      std::memcpy(&v, &bits, 4);
      return v;
    }
  }
}

class GlbReader {
 public:
  GlbReader(std::string_view bytes, std::string_view fileName) : bytes_(bytes), name_(fileName) {}

  Result<GlbFile> read() {
    if (bytes_.size() < 20 || word(bytes_, 0) != kMagic) return bad("is no binary glTF file.");
    if (word(bytes_, 4) != 2) return Error{ErrorCode::Unsupported, name_ + " is not glTF version 2."};
    const std::size_t total = word(bytes_, 8);
    if (total > bytes_.size() || total < 20) return bad("is cut off.");
    const std::size_t jsonSize = word(bytes_, 12);
    if (word(bytes_, 16) != kJsonChunk || jsonSize > total - 20) return bad("has no JSON part.");
    const std::size_t binAt = 20 + jsonSize;
    if (total - binAt >= 8 && word(bytes_, binAt + 4) == kBinChunk) {
      const std::size_t binSize = word(bytes_, binAt);
      if (binSize > total - binAt - 8) return bad("is cut off.");
      bin_ = bytes_.substr(binAt + 8, binSize);
    }
    const Result<json> parsed = parseJson(bytes_.substr(20, jsonSize), name_);
    if (!parsed) return parsed.error();
    try {
      gltf_ = &*parsed;
      if (Status status = readNodes(); !status) return status.error();
      if (Status status = readAnimations(); !status) return status.error();
    } catch (const json::exception&) {
      return bad("does not follow the glTF format.");
    }
    file_.name = name_;
    return std::move(file_);
  }

 private:
  Error bad(const std::string& what) const { return {ErrorCode::BadInput, name_ + " " + what}; }

  const json& list(const char* key) const {
    static const json kEmpty = json::array();
    const auto it = gltf_->find(key);
    return it == gltf_->end() ? kEmpty : *it;
  }

  Status readNodes() {
    const json& nodes = list("nodes");
    const int count = int(nodes.size());
    if (nodes.size() > std::size_t(kMaxImportJoints) * 4) return bad("has too many nodes.");
    std::vector<int> parents(count, kNoParent);
    std::vector<std::vector<int>> children(count);
    for (int n = 0; n < count; ++n) {
      for (const json& c : nodes[n].value("children", json::array())) {
        const int child = c.get<int>();
        if (child < 0 || child >= count || parents[child] != kNoParent || child == n) {
          return bad("has a broken tree of nodes.");
        }
        parents[child] = n;
        children[n].push_back(child);
      }
    }
    std::vector<int> order;
    for (int n = 0; n < count; ++n) {
      if (parents[n] == kNoParent) order.push_back(n);
    }
    for (std::size_t i = 0; i < order.size(); ++i) {
      for (int child : children[order[i]]) order.push_back(child);
    }
    if (int(order.size()) != count) return bad("has a ring in its tree of nodes.");
    place_.assign(count, 0);
    for (int i = 0; i < count; ++i) place_[order[i]] = i;
    for (int n : order) {
      const json& j = nodes[n];
      GlbNode node;
      node.name = j.value("name", std::string());
      node.parent = parents[n] == kNoParent ? kNoParent : place_[parents[n]];
      if (j.contains("matrix")) return Error{ErrorCode::Unsupported, name_ + " places nodes by matrices; this is not supported for motion."};
      const auto floats = [&](const char* key, std::size_t size) {
        std::vector<float> v;
        if (j.contains(key)) v = j.at(key).get<std::vector<float>>();
        if (v.size() != size) v.clear();
        return v;
      };
      if (const auto t = floats("translation", 3); !t.empty()) node.translation = {t[0], t[1], t[2]};
      if (const auto r = floats("rotation", 4); !r.empty()) {
        const glm::quat q(r[3], r[0], r[1], r[2]);
        if (!(glm::length(q) > 1e-6f)) return bad("has a rotation of length 0.");
        node.rotation = glm::normalize(q);
      }
      if (const auto s = floats("scale", 3); !s.empty()) node.scale = {s[0], s[1], s[2]};
      file_.nodes.push_back(std::move(node));
    }
    return {};
  }

  // The numbers of one accessor, or an empty list and an error.
  Result<std::vector<float>> readAccessor(int index, int& width) {
    const json& accessors = list("accessors");
    if (index < 0 || index >= int(accessors.size())) return bad("points at an accessor that is missing.");
    const json& accessor = accessors[index];
    if (accessor.contains("sparse") || !accessor.contains("bufferView")) {
      return Error{ErrorCode::Unsupported, name_ + " uses sparse accessors; this is not supported for motion."};
    }
    width = widthOf(accessor.at("type").get<std::string>());
    const int type = accessor.at("componentType").get<int>();
    const std::size_t size = componentSize(type);
    const auto count = accessor.at("count").get<std::uint64_t>();
    const int viewIndex = accessor.at("bufferView").get<int>();
    const json& views = list("bufferViews");
    if (width == 0 || size == 0 || type == 5125 || viewIndex < 0 || viewIndex >= int(views.size())) {
      return bad("holds an accessor that motion cannot use.");
    }
    const json& view = views[viewIndex];
    if (view.value("buffer", 0) != 0) return Error{ErrorCode::Unsupported, name_ + " keeps its data in another file."};
    const auto viewAt = view.value("byteOffset", std::uint64_t(0));
    const auto viewSize = view.at("byteLength").get<std::uint64_t>();
    const auto offset = accessor.value("byteOffset", std::uint64_t(0));
    const std::uint64_t element = size * std::uint64_t(width);
    const std::uint64_t stride = std::max(view.value("byteStride", std::uint64_t(0)), element);
    if (viewAt > bin_.size() || viewSize > bin_.size() - viewAt || offset > viewSize || stride > 4096 ||
        count > std::uint64_t(kMaxImportValues) || (count > 0 && (count - 1) * stride + element > viewSize - offset)) {
      return bad("has an accessor that reaches past its data.");
    }
    readValues_ += count * std::uint64_t(width);
    if (readValues_ > std::uint64_t(kMaxImportValues)) return bad("holds more motion than can be read.");
    std::vector<float> values;
    values.reserve(count * width);
    for (std::uint64_t i = 0; i < count; ++i) {
      for (int w = 0; w < width; ++w) {
        const float v = component(bin_, viewAt + offset + i * stride + std::size_t(w) * size, type);
        if (!std::isfinite(v)) return bad("holds numbers that are not finite.");
        values.push_back(v);
      }
    }
    return values;
  }

  Status readAnimations() {
    for (const json& a : list("animations")) {
      GlbAnimation animation;
      animation.name = a.value("name", std::string());
      const json& samplers = a.at("samplers");
      for (const json& c : a.at("channels")) {
        const std::string path = c.at("target").at("path").get<std::string>();
        if (path == "weights" || !c.at("target").contains("node")) continue;
        const int node = c.at("target").at("node").get<int>();
        const int sampler = c.at("sampler").get<int>();
        if (node < 0 || node >= int(place_.size()) || sampler < 0 || sampler >= int(samplers.size())) {
          return bad("has an animation that points at nothing.");
        }
        GlbChannel channel;
        channel.node = place_[node];
        channel.path = path == "translation" ? GlbChannel::Path::Translation
                       : path == "rotation"  ? GlbChannel::Path::Rotation
                                             : GlbChannel::Path::Scale;
        const std::string interpolation = samplers[sampler].value("interpolation", std::string("LINEAR"));
        channel.interpolation = interpolation == "STEP"          ? GlbChannel::Interpolation::Step
                                : interpolation == "CUBICSPLINE" ? GlbChannel::Interpolation::CubicSpline
                                                                 : GlbChannel::Interpolation::Linear;
        int timeWidth = 0;
        int width = 0;
        Result<std::vector<float>> times = readAccessor(samplers[sampler].at("input").get<int>(), timeWidth);
        if (!times) return times.error();
        Result<std::vector<float>> values = readAccessor(samplers[sampler].at("output").get<int>(), width);
        if (!values) return values.error();
        const std::size_t perKey = channel.interpolation == GlbChannel::Interpolation::CubicSpline ? 3 : 1;
        const int wanted = channel.path == GlbChannel::Path::Rotation ? 4 : 3;
        if (timeWidth != 1 || width != wanted || times->empty() ||
            values->size() != times->size() * std::size_t(width) * perKey ||
            !std::is_sorted(times->begin(), times->end()) || times->front() < 0 || times->back() > kMaxDuration) {
          return bad("has an animation whose keys do not fit together.");
        }
        animation.duration = std::max(animation.duration, double(times->back()));
        channel.times = std::move(*times);
        channel.values = std::move(*values);
        animation.channels.push_back(std::move(channel));
      }
      file_.animations.push_back(std::move(animation));
    }
    return {};
  }

  std::string_view bytes_;
  std::string name_;
  std::string_view bin_;
  const json* gltf_ = nullptr;
  std::vector<int> place_;
  std::uint64_t readValues_ = 0;
  GlbFile file_;
};

glm::quat quatAt(const float* v) {
  const glm::quat q(v[3], v[0], v[1], v[2]);
  return glm::length(q) > 1e-6f ? glm::normalize(q) : glm::quat(1, 0, 0, 0);
}

// The channel's value at a time, as up to four numbers (a quaternion as x, y, z, w).
void sampleChannel(const GlbChannel& channel, float time, float* out) {
  const int width = channel.path == GlbChannel::Path::Rotation ? 4 : 3;
  const bool cubic = channel.interpolation == GlbChannel::Interpolation::CubicSpline;
  const auto key = [&](std::size_t k, int part = 1) {
    return &channel.values[(cubic ? k * 3 + std::size_t(part) : k) * std::size_t(width)];
  };
  const auto after = std::upper_bound(channel.times.begin(), channel.times.end(), time);
  if (after == channel.times.begin() || after == channel.times.end() ||
      channel.interpolation == GlbChannel::Interpolation::Step) {
    const std::size_t k = after == channel.times.begin() ? 0 : std::size_t(after - channel.times.begin()) - 1;
    std::copy_n(key(k), width, out);
    return;
  }
  const std::size_t b = std::size_t(after - channel.times.begin());
  const std::size_t a = b - 1;
  const float length = channel.times[b] - channel.times[a];
  const float u = length > 0 ? (time - channel.times[a]) / length : 0;
  if (cubic) {
    const float u2 = u * u, u3 = u2 * u;
    for (int w = 0; w < width; ++w) {
      out[w] = (2 * u3 - 3 * u2 + 1) * key(a)[w] + (u3 - 2 * u2 + u) * length * key(a, 2)[w] +
               (-2 * u3 + 3 * u2) * key(b)[w] + (u3 - u2) * length * key(b, 0)[w];
    }
  } else if (width == 4) {
    const glm::quat q = glm::slerp(quatAt(key(a)), quatAt(key(b)), u);
    out[0] = q.x, out[1] = q.y, out[2] = q.z, out[3] = q.w;
  } else {
    for (int w = 0; w < width; ++w) out[w] = key(a)[w] + u * (key(b)[w] - key(a)[w]);
  }
}

}  // namespace

Result<GlbFile> readGlbAnimations(std::string_view bytes, std::string_view fileName) {
  return GlbReader(bytes, fileName).read();
}

Result<GlbMotion> sampleGlbAnimation(const GlbFile& file, std::string_view name, FrameRate rate) {
  const auto animation = std::find_if(file.animations.begin(), file.animations.end(),
                                      [&](const GlbAnimation& a) { return a.name == name; });
  if (animation == file.animations.end()) {
    return Error{ErrorCode::NotFound, file.name + " has no animation “" + std::string(name) + "”."};
  }
  const std::int64_t frames = std::int64_t(animation->duration * rate.fps() + 1e-3) + 1;
  const std::size_t nodes = file.nodes.size();
  if (frames * std::int64_t(nodes) * 7 > kMaxImportValues) {
    return Error{ErrorCode::Unsupported, file.name + " holds more motion than can be read."};
  }
  auto skeleton = std::make_shared<Skeleton>();
  skeleton->name = file.name;
  for (const GlbNode& node : file.nodes) {
    skeleton->jointNames.push_back(node.name);
    skeleton->parents.push_back(node.parent);
    skeleton->offsets.push_back(node.translation);
  }
  GlbMotion motion;
  motion.skeleton = std::move(skeleton);
  motion.rate = rate;
  std::vector<GlbNode> local;
  std::vector<glm::vec3> scales(nodes);
  for (std::int64_t f = 0; f < frames; ++f) {
    local = file.nodes;
    const float time = float(double(f) / rate.fps());
    for (const GlbChannel& channel : animation->channels) {
      float v[4] = {};
      sampleChannel(channel, time, v);
      GlbNode& node = local[channel.node];
      switch (channel.path) {
        case GlbChannel::Path::Translation: node.translation = {v[0], v[1], v[2]}; break;
        case GlbChannel::Path::Rotation: node.rotation = quatAt(v); break;
        case GlbChannel::Path::Scale: node.scale = {v[0], v[1], v[2]}; break;
      }
    }
    const std::size_t first = motion.positions.size();
    for (std::size_t n = 0; n < nodes; ++n) {
      const GlbNode& node = local[n];
      if (node.parent == kNoParent) {
        motion.positions.push_back(node.translation);
        motion.rotations.push_back(node.rotation);
        scales[n] = node.scale;
      } else {
        const glm::quat& parent = motion.rotations[first + node.parent];
        motion.positions.push_back(motion.positions[first + node.parent] +
                                   parent * (scales[node.parent] * node.translation));
        motion.rotations.push_back(parent * node.rotation);
        scales[n] = scales[node.parent] * node.scale;
      }
    }
  }
  return motion;
}

}  // namespace kinescore
