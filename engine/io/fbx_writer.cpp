#include "engine/io/fbx_writer.h"

#include <cmath>
#include <vector>

#include "engine/io/euler.h"
#include "engine/io/fbx_document.h"
#include "engine/motion/kinematics.h"

namespace kinescore {
namespace {

constexpr std::int64_t kFbxTicksPerSecond = 46'186'158'000;
constexpr std::string_view kSceneRootName = "Reference";
constexpr int kCustomTimeMode = 14;
constexpr std::int32_t kLinearKeys = 0x4;  // interpolation of a key: straight to the next

// Object ids: a block for each kind of object, the joint's number within it.
enum IdBlock : std::int64_t {
  kModelIds = 1'000'000,
  kAttributeIds = 2'000'000,
  kCurveNodeIds = 3'000'000,  // 3 a joint
  kCurveIds = 4'000'000,      // 9 a joint
  kDocumentId = 9'000'000,
  kPoseId,
  kStackId,
  kLayerId,
};

int timeModeOf(FrameRate rate) {
  struct Known {
    FrameRate rate;
    int mode;
  };
  static constexpr Known kKnown[] = {
      {{120, 1}, 1}, {{100, 1}, 2}, {{60, 1}, 3},        {{50, 1}, 4},         {{48, 1}, 5},
      {{30, 1}, 6},  {{25, 1}, 10}, {{24, 1}, 11},       {{30000, 1001}, 9},   {{24000, 1001}, 13},
      {{96, 1}, 15}, {{72, 1}, 16}, {{60000, 1001}, 17}, {{120000, 1001}, 18},
  };
  for (const Known& known : kKnown) {
    const bool same = std::int64_t(rate.numerator) * known.rate.denominator ==
                      std::int64_t(known.rate.numerator) * rate.denominator;
    if (same) return known.mode;
  }
  return kCustomTimeMode;
}

// Nearest tick; exact for every rate of a whole number of frames a second up to 120.
std::int64_t fbxTimeOfFrame(std::int64_t frame, FrameRate rate) {
  __extension__ using Wide = __int128;
  const Wide scaled = Wide(frame) * kFbxTicksPerSecond * rate.denominator;
  return static_cast<std::int64_t>((2 * scaled + rate.numerator) / (2 * Wide(rate.numerator)));
}

// A node of the scene: a joint of the skeleton, the null above it, or a tip.
struct Node {
  std::string name;
  int parent = kNoParent;  // index in the node list, -1: the scene itself
  int joint = kNoParent;   // of the skeleton
  bool isNull = false;
  glm::dvec3 restTranslation{0};  // in the parent's space, file units
  double length = 0;              // of the bone as drawn, file units
};

enum class ChannelKind { Translation, Rotation, Scaling };

struct Channel {
  ChannelKind kind;
  glm::dvec3 constant{0};
  const std::vector<glm::dvec3>* values = nullptr;  // [frames]; null: one key with `constant`
};

class FbxScene {
 public:
  FbxScene(const Motion& motion, const FbxWriteOptions& options)
      : sampled_(motion.rate == options.rate ? motion : resample(motion, options.rate)),
        options_(options),
        unitsPerMeter_(options.centimeters ? 100.0 : 1.0) {
    buildNodes();
    const std::int64_t frames = sampled_.frameCount();
    times_.reserve(frames);
    for (std::int64_t f = 0; f < frames; ++f) times_.push_back(fbxTimeOfFrame(f, options.rate));
  }

  FbxRecord build() {
    FbxRecord root("");
    writeHeader(root);
    writeGlobalSettings(root);
    writeDocuments(root);
    // Objects and connections are collected first: the definitions count the objects.
    FbxRecord objects("Objects");
    FbxRecord connections("Connections");
    writeNodes(objects, connections);
    writeBindPose(objects);
    writeAnimation(objects, connections);
    writeDefinitions(root);
    root.adopt(std::move(objects));
    root.adopt(std::move(connections));
    writeTakes(root);
    return root;
  }

 private:
  void buildNodes();
  glm::dvec3 toFileUnits(const glm::vec3& meters) const {
    return unitsPerMeter_ * glm::dvec3(meters);
  }

  void writeHeader(FbxRecord& root) const;
  void writeGlobalSettings(FbxRecord& root) const;
  void writeDocuments(FbxRecord& root) const;
  void writeDefinitions(FbxRecord& root) const;
  void writeNodes(FbxRecord& objects, FbxRecord& connections) const;
  void writeBindPose(FbxRecord& objects) const;
  void writeAnimation(FbxRecord& objects, FbxRecord& connections);
  void writeChannel(int nodeIndex, const Channel& channel, FbxRecord& objects,
                    FbxRecord& connections);
  void writeTakes(FbxRecord& root) const;

  Motion sampled_;
  const FbxWriteOptions& options_;
  double unitsPerMeter_;
  std::vector<Node> nodes_;
  std::vector<std::int64_t> times_;  // [frames], FBX ticks
  int curveNodeCount_ = 0;
  int curveCount_ = 0;
};

// Lines of a Properties70 block: name, type, label, flags, values.
FbxRecord& property(FbxRecord& block, std::string_view name, std::string_view type,
                    std::string_view label, std::string_view flags) {
  return block.child("P").text(name).text(type).text(label).text(flags);
}
void setInt(FbxRecord& block, std::string_view name, std::int32_t value) {
  property(block, name, "int", "Integer", "").int32(value);
}
void setEnum(FbxRecord& block, std::string_view name, std::int32_t value) {
  property(block, name, "enum", "", "").int32(value);
}
void setReal(FbxRecord& block, std::string_view name, double value) {
  property(block, name, "double", "Number", "").real(value);
}
void setTime(FbxRecord& block, std::string_view name, std::int64_t value) {
  property(block, name, "KTime", "Time", "").int64(value);
}
void setAnimatable(FbxRecord& block, std::string_view name, const glm::dvec3& value) {
  property(block, name, name, "", "A").real(value.x).real(value.y).real(value.z);
}

void connect(FbxRecord& connections, std::int64_t child, std::int64_t parent) {
  connections.child("C").text("OO").int64(child).int64(parent);
}
void connect(FbxRecord& connections, std::int64_t child, std::int64_t parent,
             std::string_view parentProperty) {
  connections.child("C").text("OP").int64(child).int64(parent).text(parentProperty);
}

void FbxScene::buildNodes() {
  const Skeleton& skeleton = *sampled_.skeleton;
  const int joints = skeleton.jointCount();
  nodes_.push_back({.name = std::string(kSceneRootName), .isNull = true});
  const glm::vec3 restRoot = restPose(skeleton).rootPosition;
  for (int j = 0; j < joints; ++j) {
    const bool isRoot = skeleton.parents[j] == kNoParent;
    const glm::vec3 rest =
        !isRoot ? skeleton.offsets[j] : (j == 0 ? restRoot : restRoot + skeleton.offsets[j]);
    nodes_.push_back({.name = skeleton.jointNames[j],
                      .parent = isRoot ? 0 : skeleton.parents[j] + 1,
                      .joint = j,
                      .restTranslation = toFileUnits(rest)});
  }
  for (const auto& [joint, tip] : skeleton.endSites) {
    nodes_[joint + 1].length = glm::length(toFileUnits(tip));
    if (!options_.endJoints) continue;
    nodes_.push_back({.name = skeleton.jointNames[joint] + "_End",
                      .parent = joint + 1,
                      .restTranslation = toFileUnits(tip)});
  }
  for (const Node& node : nodes_) {
    if (node.parent > 0 && nodes_[node.parent].length == 0) {
      nodes_[node.parent].length = glm::length(node.restTranslation);
    }
  }
}

void FbxScene::writeHeader(FbxRecord& root) const {
  FbxRecord& header = root.child("FBXHeaderExtension").block();
  header.child("FBXHeaderVersion").int32(1003);
  header.child("FBXVersion").int32(static_cast<std::int32_t>(kFbxVersion));
  header.child("EncryptionType").int32(0);
  FbxRecord& stamp = header.child("CreationTimeStamp").block();
  stamp.child("Version").int32(1000);
  stamp.child("Year").int32(1970);
  stamp.child("Month").int32(1);
  stamp.child("Day").int32(1);
  stamp.child("Hour").int32(10);
  stamp.child("Minute").int32(0);
  stamp.child("Second").int32(0);
  stamp.child("Millisecond").int32(0);
  header.child("Creator").text("Kinescore");
  FbxRecord& scene =
      header.child("SceneInfo").objectName("GlobalInfo", "SceneInfo").text("UserData").block();
  scene.child("Type").text("UserData");
  scene.child("Version").int32(100);
  FbxRecord& meta = scene.child("MetaData").block();
  meta.child("Version").int32(100);
  for (const char* field : {"Title", "Subject", "Author", "Keywords", "Revision", "Comment"}) {
    meta.child(field).text("");
  }
  FbxRecord& values = scene.child("Properties70").block();
  property(values, "Original|ApplicationName", "KString", "", "").text("Kinescore");
  property(values, "LastSaved|ApplicationName", "KString", "", "").text("Kinescore");
  root.child("FileId").raw(kFbxFileId);
  root.child("CreationTime").text(kFbxCreationTime);
  root.child("Creator").text("Kinescore");
}

void FbxScene::writeGlobalSettings(FbxRecord& root) const {
  FbxRecord& settings = root.child("GlobalSettings").block();
  settings.child("Version").int32(1000);
  FbxRecord& values = settings.child("Properties70").block();
  // +Y up, the character faces +Z, +X is its left: the format's own axes.
  setInt(values, "UpAxis", 1);
  setInt(values, "UpAxisSign", 1);
  setInt(values, "FrontAxis", 2);
  setInt(values, "FrontAxisSign", 1);
  setInt(values, "CoordAxis", 0);
  setInt(values, "CoordAxisSign", 1);
  setInt(values, "OriginalUpAxis", 1);
  setInt(values, "OriginalUpAxisSign", 1);
  const double centimetersPerUnit = 100.0 / unitsPerMeter_;
  setReal(values, "UnitScaleFactor", centimetersPerUnit);
  setReal(values, "OriginalUnitScaleFactor", centimetersPerUnit);
  const int timeMode = timeModeOf(options_.rate);
  setEnum(values, "TimeMode", timeMode);
  setEnum(values, "TimeProtocol", 2);
  setEnum(values, "SnapOnFrameMode", 0);
  setTime(values, "TimeSpanStart", 0);
  setTime(values, "TimeSpanStop", times_.back());
  setReal(values, "CustomFrameRate", timeMode == kCustomTimeMode ? options_.rate.fps() : -1.0);
}

void FbxScene::writeDocuments(FbxRecord& root) const {
  FbxRecord& documents = root.child("Documents").block();
  documents.child("Count").int32(1);
  FbxRecord& document =
      documents.child("Document").int64(kDocumentId).text("Scene").text("Scene").block();
  FbxRecord& values = document.child("Properties70").block();
  property(values, "SourceObject", "object", "", "");
  property(values, "ActiveAnimStackName", "KString", "", "").text(options_.takeName);
  document.child("RootNode").int64(0);
  root.child("References").block();
}

void FbxScene::writeDefinitions(FbxRecord& root) const {
  const int nodeCount = static_cast<int>(nodes_.size());
  const std::pair<const char*, int> counts[] = {{"GlobalSettings", 1},
                                                {"NodeAttribute", nodeCount},
                                                {"Model", nodeCount},
                                                {"Pose", 1},
                                                {"AnimationStack", 1},
                                                {"AnimationLayer", 1},
                                                {"AnimationCurveNode", curveNodeCount_},
                                                {"AnimationCurve", curveCount_}};
  int total = 0;
  for (const auto& [type, count] : counts) total += count;
  FbxRecord& definitions = root.child("Definitions").block();
  definitions.child("Version").int32(100);
  definitions.child("Count").int32(total);
  for (const auto& [type, count] : counts) {
    definitions.child("ObjectType").text(type).child("Count").int32(count);
  }
}

void FbxScene::writeNodes(FbxRecord& objects, FbxRecord& connections) const {
  for (int i = 0; i < int(nodes_.size()); ++i) {
    const Node& node = nodes_[i];
    const std::string_view kind = node.isNull ? "Null" : "LimbNode";
    FbxRecord& attribute = objects.child("NodeAttribute")
                               .int64(kAttributeIds + i)
                               .objectName(node.name, "NodeAttribute")
                               .text(kind);
    if (!node.isNull) {
      setReal(attribute.child("Properties70").block(), "Size", node.length > 0 ? node.length : 1.0);
    }
    attribute.child("TypeFlags").text(node.isNull ? "Null" : "Skeleton");

    FbxRecord& model =
        objects.child("Model").int64(kModelIds + i).objectName(node.name, "Model").text(kind);
    model.child("Version").int32(232);
    FbxRecord& values = model.child("Properties70").block();
    setEnum(values, "RotationOrder", 0);
    property(values, "RotationActive", "bool", "", "").int32(1);
    setEnum(values, "InheritType", 1);
    setInt(values, "DefaultAttributeIndex", 0);
    setAnimatable(values, "Lcl Translation", node.restTranslation);
    setAnimatable(values, "Lcl Rotation", glm::dvec3(0));
    setAnimatable(values, "Lcl Scaling", glm::dvec3(1));
    model.child("Shading").boolean(true);
    model.child("Culling").text("CullingOff");

    connect(connections, kModelIds + i, node.parent < 0 ? 0 : kModelIds + node.parent);
    connect(connections, kAttributeIds + i, kModelIds + i);
  }
}

void FbxScene::writeBindPose(FbxRecord& objects) const {
  FbxRecord& pose =
      objects.child("Pose").int64(kPoseId).objectName("BindPose", "Pose").text("BindPose");
  pose.child("Type").text("BindPose");
  pose.child("Version").int32(100);
  pose.child("NbPoseNodes").int32(static_cast<std::int32_t>(nodes_.size()));
  std::vector<glm::dvec3> world(nodes_.size());
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const Node& node = nodes_[i];
    world[i] = node.restTranslation + (node.parent < 0 ? glm::dvec3(0) : world[node.parent]);
    const double matrix[16] = {1, 0, 0, 0, 0,          1,          0,          0,
                               0, 0, 1, 0, world[i].x, world[i].y, world[i].z, 1};
    FbxRecord& entry = pose.child("PoseNode").block();
    entry.child("Node").int64(kModelIds + std::int64_t(i));
    entry.child("Matrix").doubleArray(matrix);
  }
}

void FbxScene::writeAnimation(FbxRecord& objects, FbxRecord& connections) {
  FbxRecord& stack = objects.child("AnimationStack")
                         .int64(kStackId)
                         .objectName(options_.takeName, "AnimStack")
                         .text("");
  FbxRecord& span = stack.child("Properties70").block();
  setTime(span, "LocalStart", 0);
  setTime(span, "LocalStop", times_.back());
  setTime(span, "ReferenceStart", 0);
  setTime(span, "ReferenceStop", times_.back());
  objects.child("AnimationLayer")
      .int64(kLayerId)
      .objectName("BaseLayer", "AnimLayer")
      .text("")
      .block();
  connect(connections, kStackId, 0);
  connect(connections, kLayerId, kStackId);

  const std::int64_t frames = sampled_.frameCount();
  std::vector<glm::dvec3> positions(frames);
  std::vector<glm::dvec3> angles(frames);
  for (int i = 0; i < int(nodes_.size()); ++i) {
    const Node& node = nodes_[i];
    if (node.joint == kNoParent) continue;
    const bool isRoot = sampled_.skeleton->parents[node.joint] == kNoParent;
    const glm::vec3 rootOffset =
        node.joint == 0 ? glm::vec3(0) : sampled_.skeleton->offsets[node.joint];
    glm::dvec3 previous(0);
    for (std::int64_t f = 0; f < frames; ++f) {
      positions[f] = toFileUnits(sampled_.rootPositions[f] + rootOffset);
      angles[f] = previous = eulerXyzDegrees(sampled_.rotation(f, node.joint), previous);
    }
    writeChannel(i, {ChannelKind::Translation, node.restTranslation, isRoot ? &positions : nullptr},
                 objects, connections);
    writeChannel(i, {ChannelKind::Rotation, glm::dvec3(0), &angles}, objects, connections);
    writeChannel(i, {ChannelKind::Scaling, glm::dvec3(1), nullptr}, objects, connections);
  }
}

void FbxScene::writeChannel(int nodeIndex, const Channel& channel, FbxRecord& objects,
                            FbxRecord& connections) {
  struct Names {
    std::string_view node, property;
  };
  static constexpr Names kNames[] = {
      {"T", "Lcl Translation"}, {"R", "Lcl Rotation"}, {"S", "Lcl Scaling"}};
  static constexpr std::string_view kAxes[] = {"d|X", "d|Y", "d|Z"};
  const Names& names = kNames[int(channel.kind)];
  const std::int64_t nodeId = kCurveNodeIds + 3 * nodeIndex + int(channel.kind);
  FbxRecord& curveNode = objects.child("AnimationCurveNode")
                             .int64(nodeId)
                             .objectName(names.node, "AnimCurveNode")
                             .text("");
  FbxRecord& defaults = curveNode.child("Properties70").block();
  connect(connections, nodeId, kLayerId);
  connect(connections, nodeId, kModelIds + nodeIndex, names.property);
  ++curveNodeCount_;

  const std::size_t keys = channel.values != nullptr ? channel.values->size() : 1;
  std::vector<float> values(keys);
  for (int axis = 0; axis < 3; ++axis) {
    for (std::size_t k = 0; k < keys; ++k) {
      values[k] = static_cast<float>(channel.values != nullptr ? (*channel.values)[k][axis]
                                                               : channel.constant[axis]);
    }
    property(defaults, kAxes[axis], "Number", "", "A").real(values[0]);
    const std::int64_t curveId = kCurveIds + 9 * nodeIndex + 3 * int(channel.kind) + axis;
    FbxRecord& curve =
        objects.child("AnimationCurve").int64(curveId).objectName("", "AnimCurve").text("");
    curve.child("Default").real(values[0]);
    curve.child("KeyVer").int32(4008);
    curve.child("KeyTime").int64Array(std::span(times_).first(keys));
    curve.child("KeyValueFloat").floatArray(values);
    // One set of attributes, shared by all keys of the curve.
    const std::int32_t flags[] = {kLinearKeys};
    const float tangents[] = {0, 0, 0, 0};
    const std::int32_t uses[] = {static_cast<std::int32_t>(keys)};
    curve.child("KeyAttrFlags").int32Array(flags);
    curve.child("KeyAttrDataFloat").floatArray(tangents);
    curve.child("KeyAttrRefCount").int32Array(uses);
    connect(connections, curveId, nodeId, kAxes[axis]);
    ++curveCount_;
  }
}

void FbxScene::writeTakes(FbxRecord& root) const {
  FbxRecord& takes = root.child("Takes").block();
  takes.child("Current").text(options_.takeName);
  FbxRecord& take = takes.child("Take").text(options_.takeName);
  take.child("FileName").text("take.tak");
  take.child("LocalTime").int64(0).int64(times_.back());
  take.child("ReferenceTime").int64(0).int64(times_.back());
}

bool isFinite(const Motion& motion) {
  for (const glm::vec3& p : motion.rootPositions) {
    if (!std::isfinite(p.x) || !std::isfinite(p.y) || !std::isfinite(p.z)) return false;
  }
  for (const glm::quat& q : motion.localRotations) {
    if (!std::isfinite(glm::dot(q, q))) return false;
  }
  return true;
}

}  // namespace

Result<std::string> writeFbx(const Motion& motion, const FbxWriteOptions& options) {
  if (motion.frameCount() == 0 || motion.jointCount() == 0) {
    return Error{ErrorCode::InvalidArgument,
                 "There is nothing to export as FBX: the motion has no frames or no joints."};
  }
  if (!options.rate.isValid()) {
    return Error{ErrorCode::InvalidArgument,
                 "The frame rate of the FBX export must be more than zero."};
  }
  if (!isFinite(motion)) {
    return Error{ErrorCode::BadInput,
                 "The motion holds a value that is not a number and was not exported as FBX: "
                 "generate it again."};
  }
  FbxScene scene(motion, options);
  return writeFbxDocument(scene.build());
}

}  // namespace kinescore
