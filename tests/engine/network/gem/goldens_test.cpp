#include "tests/engine/network/gem/goldens.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "engine/core/files.h"
#include "engine/network/gem/rotations.h"
#include "engine/network/gem/weights.h"
#include "engine/network/tensor_files.h"

namespace kinescore::gem {
namespace {

namespace fs = std::filesystem;

// Near half a turn an axis and its opposite mean almost the same.
constexpr float kNearHalfTurn = 3.1f;

// What a run compared, for the table.
struct Row {
  int tensors = 0;
  double worst = 0;
};
struct RowName {
  std::string file, group, tolerance;
  auto operator<=>(const RowName&) const = default;
};
std::map<RowName, Row>& rows() {
  static std::map<RowName, Row> all;
  return all;
}

std::string toleranceText(Tolerance tolerance) {
  if (tolerance.value == 0) return "exact";
  char text[32];
  std::snprintf(text, sizeof text, "%.0e", tolerance.value);
  const std::map<Measure, std::string> kinds = {
      {Measure::Relative, ""}, {Measure::Absolute, " absolute"}, {Measure::Elementwise, " of each number"}};
  return text + kinds.at(tolerance.measure);
}

// "golden.A.mid.h_block0" → "mid", "A.pipe.decode.betas" → "pipe.decode", "rot.aa_to_R" → "rot"
std::string groupOf(std::string name) {
  if (name.starts_with("golden.")) name = name.substr(7);
  const bool hasBatch = name.size() > 1 && name[1] == '.';
  if (hasBatch) name = name.substr(2);
  const std::size_t last = name.rfind('.');
  return last == std::string::npos ? name : name.substr(0, last);
}

class ParityTable : public testing::Environment {
 public:
  void TearDown() override {
    const char* path = std::getenv("KINESCORE_WRITE_PARITY");
    if (path == nullptr || rows().empty()) return;
    std::string text =
        "# GEM: how near its reference we come\n\n"
        "Made by the tests (`KINESCORE_WRITE_PARITY=docs/gem-parity.md test_engine_gem`). Every tensor of the "
        "reference's\n"
        "files is an input or is compared here; a test fails for one that is not. Error: the largest difference over\n"
        "the larger of 1 and the largest value of the reference, if the tolerance does not say otherwise. Single\n"
        "precision on the CPU on both sides.\n\n"
        "| file | tensors | how many | worst error | tolerance |\n| --- | --- | ---: | ---: | ---: |\n";
    for (const auto& [name, row] : rows()) {
      char worst[32];
      std::snprintf(worst, sizeof worst, row.worst == 0 ? "0" : "%.1e", row.worst);
      text += "| `" + name.file + "` | " + name.group + " | " + std::to_string(row.tensors) + " | " + worst + " | " +
              name.tolerance + " |\n";
    }
    // What was measured otherwise stands behind the table and stays.
    const Result<std::string> before = readFile(path);
    const std::size_t sections = before ? before->find("\n## ") : std::string::npos;
    if (sections != std::string::npos) text += before->substr(sections);
    EXPECT_TRUE(saveFileSafely(path, text));
  }
};
[[maybe_unused]] const testing::Environment* const kTable = testing::AddGlobalTestEnvironment(new ParityTable);

double errorOf(const at::Tensor& got, const at::Tensor& golden, Measure measure) {
  if (golden.numel() == 0) return 0;
  const at::Tensor a = got.to(at::kDouble), b = golden.to(at::kDouble);
  const at::Tensor difference = (a - b).abs();
  if (!at::isfinite(difference).all().item<bool>()) return INFINITY;
  if (measure == Measure::Elementwise) return (difference / b.abs().clamp_min(1e-12)).max().item<double>();
  const double scale = measure == Measure::Relative ? std::max(1.0, b.abs().max().item<double>()) : 1.0;
  return difference.max().item<double>() / scale;
}

template <class Value, int N>
std::vector<Value> valuesOf(const at::Tensor& tensor, const std::function<Value(const float*)>& make) {
  const at::Tensor flat = tensor.to(at::kFloat).contiguous();
  std::vector<Value> values;
  for (std::int64_t i = 0; i < flat.numel() / N; ++i) values.push_back(make(flat.const_data_ptr<float>() + i * N));
  return values;
}

}  // namespace

std::optional<GoldenFile> GoldenFile::open(const std::string& name) {
  const char* chosen = std::getenv("KINESCORE_GOLDENS");
  const fs::path folder = chosen ? fs::path(chosen) : fs::path(KINESCORE_SOURCE_DIR) / "../shared/goldens";
  auto file = SafetensorsFile::load(folder / "gem" / name);
  if (!file) return std::nullopt;
  return GoldenFile(name, *std::move(file));
}

std::optional<GoldenFile> GoldenFile::openKept(const std::string& name) {
  auto file = SafetensorsFile::load(fs::path(KINESCORE_TEST_DATA_DIR) / "gem" / name);
  if (!file) return std::nullopt;
  return GoldenFile("tests/data/gem/" + name, *std::move(file));
}

std::vector<std::string> GoldenFile::names(const std::string& prefix) const {
  std::vector<std::string> found;
  for (const auto& [name, view] : file_.tensors()) {
    if (name.starts_with(prefix)) found.push_back(name);
  }
  return found;
}

at::Tensor GoldenFile::input(const std::string& name) {
  used_.insert(name);
  const TensorView* view = file_.find(name);
  if (view == nullptr) throw std::runtime_error("the goldens have no tensor " + name);
  return kinescore::tensorOf(*view);
}

std::vector<double> GoldenFile::doubles(const std::string& name) {
  used_.insert(name);
  const TensorView* view = file_.find(name);
  if (view == nullptr || view->type != ElementType::F64) throw std::runtime_error("no doubles " + name);
  std::vector<double> values(std::size_t(view->elementCount()));
  std::memcpy(values.data(), view->bytes.data(), view->bytes.size());
  return values;
}

void GoldenFile::record(const std::string& tensor, double worst, Tolerance tolerance, std::int64_t wrong) {
  used_.insert(tensor);
  Row& row = rows()[{name_, groupOf(tensor), toleranceText(tolerance)}];
  ++row.tensors;
  row.worst = std::max(row.worst, worst);
  EXPECT_LE(worst, tolerance.value) << name_ << ": " << tensor << ", " << wrong << " numbers beyond the tolerance";
}

void GoldenFile::compare(const std::string& name, const at::Tensor& got, Tolerance tolerance) {
  const at::Tensor golden = input(name);
  ASSERT_EQ(got.numel(), golden.numel()) << name;
  const at::Tensor shaped = got.reshape(golden.sizes());
  const double worst = errorOf(shaped, golden, tolerance.measure);
  const at::Tensor beyond = (shaped.to(at::kDouble) - golden.to(at::kDouble)).abs() > tolerance.value;
  record(name, worst, tolerance, worst > tolerance.value ? beyond.sum().item<std::int64_t>() : 0);
}

void GoldenFile::compareRotations(const std::string& name, const at::Tensor& got, Tolerance tolerance) {
  const std::vector<glm::vec3> golden = vectorsOf(input(name));
  const std::vector<glm::vec3> ours = vectorsOf(got);
  ASSERT_EQ(ours.size(), golden.size()) << name;
  double worst = 0;
  std::int64_t wrong = 0;
  for (std::size_t i = 0; i < golden.size(); ++i) {
    double error = 0;
    if (glm::length(golden[i]) < kNearHalfTurn) {
      error = glm::length(ours[i] - golden[i]);
    } else {
      const glm::mat3 a = rotationOfAxisAngle(ours[i]), b = rotationOfAxisAngle(golden[i]);
      for (int c = 0; c < 3; ++c) error = std::max(error, double(glm::length(a[c] - b[c])));
    }
    wrong += error > tolerance.value;
    worst = std::max(worst, error);
  }
  record(name, worst, tolerance, wrong);
}

void GoldenFile::compareDoubles(const std::string& name, const std::vector<double>& got, Tolerance tolerance) {
  const std::vector<double> golden = doubles(name);
  ASSERT_EQ(got.size(), golden.size()) << name;
  const auto tensor = [](const std::vector<double>& v) { return at::tensor(at::ArrayRef<double>(v), at::kDouble); };
  record(name, errorOf(tensor(got), tensor(golden), tolerance.measure), tolerance, 0);
}

void GoldenFile::finish(const std::function<bool(const std::string&)>& isWeight) {
  for (const auto& [name, view] : file_.tensors()) {
    EXPECT_TRUE(used_.contains(name) || (isWeight && isWeight(name))) << name_ << ": nobody looks at " << name;
  }
}

std::vector<glm::vec3> vectorsOf(const at::Tensor& values) {
  return valuesOf<glm::vec3, 3>(values, [](const float* v) { return glm::vec3(v[0], v[1], v[2]); });
}
std::vector<glm::mat3> matricesOf(const at::Tensor& values) {
  return valuesOf<glm::mat3, 9>(values, [](const float* v) {
    return fromRows({v[0], v[1], v[2]}, {v[3], v[4], v[5]}, {v[6], v[7], v[8]});
  });
}
std::vector<glm::quat> quaternionsOf(const at::Tensor& values) {
  return valuesOf<glm::quat, 4>(values, [](const float* v) { return glm::quat(v[0], v[1], v[2], v[3]); });
}
std::vector<SixD> sixDsOf(const at::Tensor& values) {
  return valuesOf<SixD, 6>(values, [](const float* v) { return sixDAt(v); });
}
std::vector<MotionVector> motionsOf(const at::Tensor& values) {
  return valuesOf<MotionVector, kMotionChannels>(values, [](const float* v) {
    MotionVector x;
    std::copy_n(v, x.size(), x.begin());
    return x;
  });
}

at::Tensor tensorOfVectors(const std::vector<glm::vec3>& values) {
  std::vector<std::array<float, 3>> rows;
  for (const glm::vec3& v : values) rows.push_back({v.x, v.y, v.z});
  return tensorOfArrays(rows);
}
at::Tensor tensorOfMatrices(const std::vector<glm::mat3>& values) {
  std::vector<std::array<float, 9>> rows;
  for (const glm::mat3& m : values) {
    rows.push_back({m[0][0], m[1][0], m[2][0], m[0][1], m[1][1], m[2][1], m[0][2], m[1][2], m[2][2]});
  }
  return tensorOfArrays(rows);
}
at::Tensor tensorOfMatrices(const std::vector<glm::mat4>& values) {
  std::vector<std::array<float, 16>> rows;
  for (const glm::mat4& m : values) {
    std::array<float, 16> row;
    for (int i = 0; i < 16; ++i) row[i] = m[i % 4][i / 4];
    rows.push_back(row);
  }
  return tensorOfArrays(rows);
}
at::Tensor tensorOfQuaternions(const std::vector<glm::quat>& values) {
  std::vector<std::array<float, 4>> rows;
  for (const glm::quat& q : values) rows.push_back({q.w, q.x, q.y, q.z});
  return tensorOfArrays(rows);
}

at::Tensor textsByIndex(const at::Tensor& texts, const at::Tensor& index) {
  const at::Tensor withNone = at::cat({texts, at::zeros_like(texts.narrow(0, 0, 1))}, 0);
  return withNone.index_select(0, at::where(index < 0, at::full_like(index, texts.size(0)), index));
}

std::vector<ClipConditions> clipsOf(GoldenFile& file, const std::string& prefix, const at::Tensor& texts) {
  const auto in = [&](const std::string& name) { return file.input(prefix + name); };
  const auto optional = [&](const std::string& name) { return file.has(prefix + name) ? in(name) : at::Tensor(); };
  const auto floats = [](const at::Tensor& t) {
    const at::Tensor flat = t.contiguous();
    return std::vector<float>(floatsOf(flat).begin(), floatsOf(flat).end());
  };
  const at::Tensor keypoints = in("kp2d"), boxes = in("bbx_xys"), cameras = in("K_fullimg");
  const at::Tensor velocity = in("cam_angvel"), image = in("f_imgseq"), lengths = in("length");
  const at::Tensor music = optional("music_embed"), speech = optional("audio_array");
  std::map<std::string, at::Tensor> has;
  for (const char* what : {"img", "2d", "cam", "music", "audio"})
    has[what] = optional("has_" + std::string(what) + "_mask");
  const at::Tensor text = file.has(prefix + "text_index") ? textsByIndex(texts, in("text_index")) : at::Tensor();
  const std::int64_t B = keypoints.size(0), L = keypoints.size(1);
  std::vector<ClipConditions> clips;
  for (std::int64_t b = 0; b < B; ++b) {
    ClipConditions clip = ClipConditions::empty(L);
    clip.validFrames = lengths[b].item<std::int64_t>();
    for (std::int64_t t = 0; t < L; ++t) {
      const auto flag = [&](const char* what) { return has[what].defined() && has[what][b][t].item<bool>(); };
      clip.present[t] = {flag("img"), flag("2d"), flag("cam"), flag("music"), flag("audio")};
      const at::Tensor points = keypoints[b][t].contiguous(), box = boxes[b][t].contiguous();
      for (int j = 0; j < kKeypoints; ++j) {
        const float* p = points.const_data_ptr<float>() + 3 * j;
        clip.keypoints[t][j] = {p[0], p[1], p[2]};
      }
      const float* size = box.const_data_ptr<float>();
      clip.boxes[t] = {size[0], size[1], size[2]};
      std::array<float, 9> rows;
      const at::Tensor camera = cameras[b][t].contiguous();
      std::copy_n(camera.const_data_ptr<float>(), 9, rows.begin());
      clip.intrinsics[t] = intrinsicsOfMatrix(rows);
    }
    clip.cameraVelocity = sixDsOf(velocity[b]);
    clip.imageFeatures = floats(image[b]);
    if (music.defined()) clip.music = floats(music[b]);
    if (speech.defined()) clip.speech = floats(speech[b]);
    if (text.defined()) clip.text = floats(text[b]);
    clips.push_back(clip);
  }
  if (file.has(prefix + "multi_text_index")) {
    const at::Tensor prompts = textsByIndex(texts, in("multi_text_index"));
    const at::Tensor begins = in("window_start"), ends = in("window_end");
    for (std::int64_t k = 0; k < prompts.size(0); ++k) {
      clips[0].prompts.push_back({floats(prompts[k]), begins[k].item<float>(), ends[k].item<float>()});
    }
  }
  return clips;
}

BodyModel bodyOf(GoldenFile& file) {
  BodyModel body;
  const std::vector<glm::vec3> rest = vectorsOf(file.input("skeleton.J_template"));
  std::copy(rest.begin(), rest.end(), body.restJoints.begin());
  const at::Tensor directions = file.input("skeleton.J_shapedirs");  // [22][3][10]
  for (int j = 0; j < kBodyJoints; ++j) {
    const std::vector<glm::vec3> rows = vectorsOf(directions[j].transpose(0, 1));
    std::copy(rows.begin(), rows.end(), body.shapeDirections[j].begin());
  }
  const at::Tensor parents = file.input("skeleton.parents");
  for (int j = 0; j < kBodyJoints; ++j) EXPECT_EQ(parents[j].item<int>(), kParents[j]);
  return body;
}

Config smallConfig(Wiring wiring) {
  Config config;
  config.wiring = wiring;
  config.width = 32;
  config.layers = 2;
  config.heads = 4;
  return config;
}

at::Tensor randomTensor(const std::vector<std::int64_t>& shape, std::uint64_t seed) {
  ParameterList list;
  list.add("values", shape, ParameterStart::Normal, 1);
  const std::vector<ParameterSpec> specs = list.take();
  return viewsOf(specs, startingParameters(specs, seed)).at("values").clone();
}

ParameterMap loudWeights(const Config& config, std::uint64_t seed) {
  ParameterMap weights = freshWeights(config, seed);
  std::uint64_t next = 100 * seed;
  for (const ParameterSpec& spec : trainedParameters(config)) {
    const double size = spec.name.find("gate_") != std::string::npos ? 0.5 : 0.1;
    weights[spec.name] = weights[spec.name] + size * randomTensor(spec.shape, ++next);
  }
  return weights;
}

double largestDifference(const at::Tensor& a, const at::Tensor& b) { return (a - b).abs().max().item<double>(); }

}  // namespace kinescore::gem
