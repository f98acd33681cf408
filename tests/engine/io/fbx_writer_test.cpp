#include "engine/io/fbx_writer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <glm/gtc/quaternion.hpp>
#include <limits>
#include <map>
#include <numbers>
#include <string>
#include <vector>

#include "engine/io/euler.h"
#include "engine/io/fbx_document.h"

namespace kinescore {
namespace {

// A reader written for this test from the format's description: just enough to see what lies in
// the file and whether its offsets are right.
struct Record {
  std::string name;
  std::vector<std::string> texts;
  std::vector<double> numbers;
  std::vector<double> array;
  std::vector<Record> children;

  const Record* find(std::string_view childName) const {
    for (const Record& c : children) {
      if (c.name == childName) return &c;
    }
    return nullptr;
  }
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  Record readAll() {
    Record root;
    EXPECT_EQ(bytes_.substr(0, 20), "Kaydara FBX Binary  ");
    at_ = 23;
    EXPECT_EQ(take<std::uint32_t>(), 7400u);
    root.children = readList(bytes_.size());
    return root;
  }
  std::size_t position() const { return at_; }

 private:
  template <class T>
  T take() {
    T value{};
    if (at_ + sizeof(T) > bytes_.size()) {
      ADD_FAILURE() << "the file ends too early";
      return value;
    }
    std::memcpy(&value, bytes_.data() + at_, sizeof(T));
    at_ += sizeof(T);
    return value;
  }
  template <class T>
  void takeArray(std::vector<double>& out) {
    const auto count = take<std::uint32_t>();
    EXPECT_EQ(take<std::uint32_t>(), 0u);
    EXPECT_EQ(take<std::uint32_t>(), count * sizeof(T));
    for (std::uint32_t i = 0; i < count; ++i) out.push_back(static_cast<double>(take<T>()));
  }
  // Up to a null record; `limit` is where the enclosing record ends.
  std::vector<Record> readList(std::size_t limit) {
    std::vector<Record> records;
    while (at_ < limit) {
      const auto end = take<std::uint32_t>();
      const auto propertyCount = take<std::uint32_t>();
      const auto propertyBytes = take<std::uint32_t>();
      const auto nameLength = take<std::uint8_t>();
      if (end == 0) return records;
      Record record;
      record.name = std::string(bytes_.substr(at_, nameLength));
      at_ += nameLength;
      const std::size_t propertiesStart = at_;
      for (std::uint32_t i = 0; i < propertyCount; ++i) readProperty(record);
      EXPECT_EQ(at_ - propertiesStart, propertyBytes) << record.name;
      if (at_ < end) record.children = readList(end);
      EXPECT_EQ(at_, end) << record.name;
      records.push_back(std::move(record));
    }
    return records;
  }
  void readProperty(Record& record) {
    switch (take<char>()) {
      case 'C':
        record.numbers.push_back(take<char>());
        break;
      case 'I':
        record.numbers.push_back(take<std::int32_t>());
        break;
      case 'L':
        record.numbers.push_back(static_cast<double>(take<std::int64_t>()));
        break;
      case 'D':
        record.numbers.push_back(take<double>());
        break;
      case 'S':
      case 'R': {
        const auto length = take<std::uint32_t>();
        record.texts.emplace_back(bytes_.substr(at_, length));
        at_ += length;
        break;
      }
      case 'i':
        takeArray<std::int32_t>(record.array);
        break;
      case 'l':
        takeArray<std::int64_t>(record.array);
        break;
      case 'f':
        takeArray<float>(record.array);
        break;
      case 'd':
        takeArray<double>(record.array);
        break;
      default:
        ADD_FAILURE() << "unknown property type in " << record.name;
    }
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
};

Motion spinningMotion(int frames) {
  Motion motion;
  motion.resize(frames);
  for (int f = 0; f < frames; ++f) {
    const float t = float(f) / 30.0f;
    motion.rootPositions[f] = {0.5f * t, 0.95f + 0.02f * std::sin(5 * t), t};
    motion.rotation(f, kHips) = glm::angleAxis(6.0f * t, glm::vec3(0, 1, 0));
    motion.rotation(f, kLeftArm) = glm::angleAxis(2.5f * t, glm::normalize(glm::vec3(1, 1, 0.3f)));
    motion.rotation(f, kRightLeg) = glm::angleAxis(std::sin(4 * t) + 1, glm::vec3(1, 0, 0));
  }
  return motion;
}

Record written(const Motion& motion, const FbxWriteOptions& options) {
  const Result<std::string> bytes = writeFbx(motion, options);
  EXPECT_TRUE(bytes.ok());
  return Reader(*bytes).readAll();
}

const Record& properties(const Record& record) {
  return *record.find("Properties70");
}

double settingOf(const Record& block, std::string_view name) {
  for (const Record& p : block.children) {
    if (p.texts.at(0) == name) return p.numbers.at(0);
  }
  ADD_FAILURE() << "no setting " << name;
  return NAN;
}

glm::dquat rotationXyz(const glm::dvec3& degrees) {
  const glm::dvec3 r = glm::radians(degrees);
  return glm::angleAxis(r.z, glm::dvec3(0, 0, 1)) * glm::angleAxis(r.y, glm::dvec3(0, 1, 0)) *
         glm::angleAxis(r.x, glm::dvec3(1, 0, 0));
}

// Joint name -> its curves by channel ("R", "T", "S"), axis by axis.
struct Curves {
  std::vector<double> times;
  std::vector<double> values[3];
};
std::map<std::string, std::map<std::string, Curves>> curvesOf(const Record& root) {
  const Record& objects = *root.find("Objects");
  std::map<double, const Record*> byId;
  for (const Record& object : objects.children) byId[object.numbers.at(0)] = &object;
  std::map<double, std::pair<double, std::string>> nodeTarget;  // curve node -> model, property
  const Record& connections = *root.find("Connections");
  for (const Record& c : connections.children) {
    if (c.texts.at(0) == "OP" && c.texts.at(1).starts_with("Lcl ")) {
      nodeTarget[c.numbers.at(0)] = {c.numbers.at(1), c.texts.at(1)};
    }
  }
  std::map<std::string, std::map<std::string, Curves>> curves;
  for (const Record& c : connections.children) {
    if (c.texts.at(0) != "OP" || !c.texts.at(1).starts_with("d|")) continue;
    const auto& [model, property] = nodeTarget.at(c.numbers.at(1));
    const std::string name = byId.at(model)->texts.at(0);
    Curves& target = curves[name.substr(0, name.find('\0'))][property.substr(4, 1)];
    const Record& curve = *byId.at(c.numbers.at(0));
    target.times = curve.find("KeyTime")->array;
    target.values[c.texts.at(1).back() - 'X'] = curve.find("KeyValueFloat")->array;
    EXPECT_EQ(curve.find("KeyAttrFlags")->array.at(0), 4);
    EXPECT_EQ(curve.find("KeyAttrRefCount")->array.at(0), double(target.times.size()));
    EXPECT_EQ(curve.find("KeyAttrDataFloat")->array.size(), 4u);
  }
  return curves;
}

TEST(FbxWriter, FileEndsWithTheFooter) {
  for (int frames : {1, 2, 3, 4, 5}) {
    const std::string bytes = *writeFbx(spinningMotion(frames), {});
    EXPECT_EQ(bytes.size() % 16, 12u);  // padded to 16, then 4 + 120 + 16 bytes
    EXPECT_EQ(bytes.substr(bytes.size() - 16),
              "\xf8\x5a\x8c\x6a\xde\xf5\xd9\x7e\xec\xe9\x0c\xe3\x75\x8f\x29\x0b");
    EXPECT_EQ(bytes.substr(bytes.size() - 140, 4), std::string("\xe8\x1c\0\0", 4));
  }
}

TEST(FbxWriter, SettingsSayUnitAxesAndRate) {
  struct Case {
    FrameRate rate;
    int mode;
    double custom;
  };
  const Case cases[] = {{{30, 1}, 6, -1},  {{24, 1}, 11, -1},      {{24000, 1001}, 13, -1},
                        {{60, 1}, 3, -1},  {{30000, 1001}, 9, -1}, {{50, 2}, 10, -1},
                        {{15, 1}, 14, 15}, {{33, 1}, 14, 33}};
  for (const Case& c : cases) {
    const Record root = written(spinningMotion(10), {.rate = c.rate});
    const Record& settings = properties(*root.find("GlobalSettings"));
    EXPECT_EQ(settingOf(settings, "TimeMode"), c.mode);
    EXPECT_EQ(settingOf(settings, "CustomFrameRate"), c.custom);
    EXPECT_EQ(settingOf(settings, "UpAxis"), 1);
    EXPECT_EQ(settingOf(settings, "FrontAxis"), 2);
    EXPECT_EQ(settingOf(settings, "UnitScaleFactor"), 1);
  }
  const Record meters = written(spinningMotion(10), {.centimeters = false});
  EXPECT_EQ(settingOf(properties(*meters.find("GlobalSettings")), "UnitScaleFactor"), 100);
}

TEST(FbxWriter, DefinitionsCountTheObjects) {
  const Record root = written(spinningMotion(3), {.endJoints = true});
  std::map<std::string, int> counts;
  for (const Record& object : root.find("Objects")->children) ++counts[object.name];
  EXPECT_EQ(counts["Model"], 1 + 22 + 5);
  EXPECT_EQ(counts["AnimationCurve"], 22 * 9);
  for (const Record& type : root.find("Definitions")->children) {
    if (type.name != "ObjectType" || type.texts.at(0) == "GlobalSettings") continue;
    EXPECT_EQ(type.find("Count")->numbers.at(0), counts[type.texts.at(0)]) << type.texts.at(0);
  }
}

TEST(FbxWriter, NodesStandInTheRestPoseUnderOneNull) {
  const Record root = written(spinningMotion(3), {});
  const Skeleton& skeleton = *kinescore22();
  int limbs = 0;
  std::map<double, const Record*> models;
  for (const Record& object : root.find("Objects")->children) {
    if (object.name != "Model") continue;
    models[object.numbers.at(0)] = &object;
    if (object.texts.at(1) == "Null") continue;
    EXPECT_EQ(object.texts.at(1), "LimbNode");
    const std::string name = object.texts.at(0).substr(0, object.texts.at(0).find('\0'));
    const auto joint = skeleton.findJoint(name);
    ASSERT_TRUE(joint.has_value()) << name;
    const glm::vec3 rest =
        *joint == 0 ? glm::vec3(0, kRestRootHeight, 0) : skeleton.offsets[*joint];
    for (const Record& p : properties(object).children) {
      if (p.texts.at(0) == "Lcl Translation") {
        for (int i = 0; i < 3; ++i) EXPECT_NEAR(p.numbers.at(i), 100 * rest[i], 1e-5);
      }
      if (p.texts.at(0) == "Lcl Rotation") {
        EXPECT_EQ(p.numbers, (std::vector<double>{0, 0, 0}));
      }
    }
    ++limbs;
  }
  EXPECT_EQ(limbs, 22);
  for (const Record& c : root.find("Connections")->children) {
    const auto child = models.find(c.numbers.at(0));
    if (c.texts.at(0) != "OO" || child == models.end()) continue;
    if (c.numbers.at(1) == 0) {
      EXPECT_EQ(child->second->texts.at(1), "Null");
    } else {
      EXPECT_TRUE(models.contains(c.numbers.at(1)));
    }
  }
}

TEST(FbxWriter, CurvesSayWhatEvaluateSays) {
  const Motion motion = spinningMotion(120);
  for (const FrameRate rate :
       {FrameRate{30, 1}, FrameRate{24, 1}, FrameRate{24000, 1001}, FrameRate{60, 1}}) {
    const auto curves = curvesOf(written(motion, {.rate = rate}));
    ASSERT_EQ(curves.size(), 22u);
    const Curves& first = curves.at("Hips").at("R");
    const std::int64_t frames = std::int64_t(first.times.size());
    EXPECT_EQ(frames, resample(motion, rate).frameCount());
    for (std::int64_t f = 0; f < frames; ++f) {
      EXPECT_NEAR(first.times[f], double(f) * 46186158000.0 * rate.denominator / rate.numerator,
                  0.51);
      const Pose pose = evaluate(motion, ticksOfFrame(f, rate));
      for (int j = 0; j < motion.jointCount(); ++j) {
        const Curves& r = curves.at(motion.skeleton->jointNames[j]).at("R");
        const glm::dquat got = rotationXyz({r.values[0][f], r.values[1][f], r.values[2][f]});
        const glm::dquat want(pose.localRotations[j]);
        EXPECT_GT(std::abs(glm::dot(got, glm::normalize(want))), 1 - 1e-11) << f << " " << j;
      }
      const Curves& t = curves.at("Hips").at("T");
      for (int i = 0; i < 3; ++i) EXPECT_NEAR(t.values[i][f], 100 * pose.rootPosition[i], 2e-4);
    }
  }
}

TEST(FbxWriter, AnglesRunOnOverHalfTurns) {
  const auto curves = curvesOf(written(spinningMotion(300), {}));
  for (const auto& [joint, channels] : curves) {
    for (const std::vector<double>& values : channels.at("R").values) {
      for (std::size_t f = 1; f < values.size(); ++f) {
        EXPECT_LT(std::abs(values[f] - values[f - 1]), 40) << joint << " frame " << f;
      }
    }
  }
}

TEST(Euler, AllRotationsComeBackAlsoAtThePole) {
  for (int pitch = -90; pitch <= 90; pitch += 15) {
    for (int roll = -180; roll <= 180; roll += 30) {
      for (int yaw = -180; yaw <= 180; yaw += 45) {
        const glm::dquat want = rotationXyz({roll, pitch, yaw});
        for (const glm::dvec3 previous : {glm::dvec3(0), glm::dvec3(100, 80, -300)}) {
          const glm::dvec3 angles = eulerXyzDegrees(glm::quat(want), previous);
          EXPECT_GT(std::abs(glm::dot(rotationXyz(angles), want)), 1 - 1e-9)
              << roll << " " << pitch << " " << yaw;
        }
      }
    }
  }
}

TEST(Euler, ThroughThePoleWithoutAJump) {
  glm::dvec3 previous(0);
  for (int i = 0; i <= 360; ++i) {
    const double angle = glm::radians(double(i));
    const glm::quat q(glm::angleAxis(angle, glm::dvec3(0, 1, 0)) *
                      glm::angleAxis(0.3, glm::dvec3(1, 0, 0)));
    const glm::dvec3 angles = eulerXyzDegrees(q, previous);
    for (int k = 0; k < 3; ++k) EXPECT_LT(std::abs(angles[k] - previous[k]), 20) << i;
    previous = angles;
  }
}

TEST(FbxWriter, SameBytesTwice) {
  const Motion motion = spinningMotion(20);
  EXPECT_EQ(*writeFbx(motion, {}), *writeFbx(motion, {}));
}

TEST(FbxWriter, RefusesWhatCannotBeWritten) {
  Motion motion = spinningMotion(5);
  EXPECT_EQ(writeFbx(Motion{}, {}).error().code, ErrorCode::InvalidArgument);
  EXPECT_EQ(writeFbx(motion, {.rate = {0, 1}}).error().code, ErrorCode::InvalidArgument);
  motion.rootPositions[2].x = std::numeric_limits<float>::quiet_NaN();
  const auto result = writeFbx(motion, {});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::BadInput);
}

}  // namespace
}  // namespace kinescore
