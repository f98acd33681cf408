// Every function of GEM by itself against the reference (components.safetensors).
#include <gtest/gtest.h>

#include <cmath>

#include "engine/network/gem/contact_fix.h"
#include "engine/network/gem/sampler.h"
#include "engine/network/gem/smoothing.h"
#include "engine/network/gem/weights.h"
#include "engine/network/gem/world.h"
#include "tests/engine/network/gem/goldens.h"

namespace kinescore::gem {
namespace {

const std::string kDenoiser = kDenoiserPrefix;

template <class From, class Function>
auto each(const std::vector<From>& values, const Function& function) {
  std::vector<decltype(function(values[0]))> results;
  for (const From& value : values) results.push_back(function(value));
  return results;
}

void compareRotationConversions(GoldenFile& goldens) {
  const auto axisAngles = vectorsOf(goldens.input("rot.aa"));
  const auto rotations = matricesOf(goldens.input("rot.aa_to_R"));
  goldens.compare("rot.aa_to_quat", tensorOfQuaternions(each(axisAngles, quaternionOfAxisAngle)), absolute(1e-6));
  goldens.compare("rot.aa_to_R", tensorOfMatrices(each(axisAngles, rotationOfAxisAngle)), absolute(1e-6));
  goldens.compare("rot.R_to_6d", tensorOfArrays(each(rotations, sixDOf)), absolute(1e-6));
  goldens.compare("rot.R_to_quat", tensorOfQuaternions(each(rotations, quaternionOfRotation)), absolute(1e-6));
  goldens.compareRotations("rot.R_to_aa", tensorOfVectors(each(rotations, axisAngleOfRotation)), absolute(1e-5));
  const auto sixDs = sixDsOf(goldens.input("rot.6d_raw"));
  goldens.compare("rot.6d_to_R", tensorOfMatrices(each(sixDs, rotationOfSixD)), absolute(1e-6));
  const auto raw = quaternionsOf(goldens.input("rot.quat_raw"));
  goldens.compare("rot.quat_to_R", tensorOfMatrices(each(raw, rotationOfQuaternion)), absolute(1e-6));
  const auto unit = each(raw, [](const glm::quat& q) { return glm::normalize(q); });
  goldens.compare("rot.quat_to_aa", tensorOfVectors(each(unit, axisAngleOfQuaternion)), absolute(1e-5));
}

MotionStatistics statisticsOf(GoldenFile& goldens) {
  MotionStatistics statistics;
  statistics.mean = motionsOf(goldens.input("stats.mean"))[0];
  statistics.deviation = effectiveDeviations(motionsOf(goldens.input("stats.std_raw"))[0]);
  return statistics;
}

void compareDecoded(GoldenFile& goldens, const std::string& prefix, const DecodedMotion& motion,
                    const BodyModel& body) {
  std::vector<glm::vec3> pose, camera, gravity, step, offset;
  std::vector<Shape> shapes;
  for (const DecodedFrame& frame : motion) {
    pose.insert(pose.end(), frame.bodyPose.begin(), frame.bodyPose.end());
    camera.push_back(frame.orientCamera);
    gravity.push_back(frame.orientGravity);
    step.push_back(frame.localStep);
    shapes.push_back(frame.shape);
    offset.push_back(body.restJointsOf(frame.shape)[kPelvis]);
  }
  goldens.compareRotations(prefix + "body_pose", tensorOfVectors(pose), absolute(1e-5));
  goldens.compareRotations(prefix + "global_orient", tensorOfVectors(camera), absolute(1e-5));
  goldens.compareRotations(prefix + "global_orient_gv", tensorOfVectors(gravity), absolute(1e-5));
  goldens.compare(prefix + "local_transl_vel", tensorOfVectors(step), absolute(1e-5));
  goldens.compare(prefix + "betas", tensorOfArrays(shapes), relative(1e-5));
  goldens.compare(prefix + "offset", tensorOfVectors(offset), absolute(1e-5));
}

// Both clips of the file, one after the other.
struct EncoderInputs {
  std::vector<EncodedSource> clips;
  SmplMotion world;
};

EncoderInputs encoderInputsOf(GoldenFile& goldens) {
  const at::Tensor pose = goldens.input("endec.in.body_pose"), shape = goldens.input("endec.in.betas");
  const at::Tensor orientC = goldens.input("endec.in.global_orient_c"),
                   orientW = goldens.input("endec.in.global_orient_w");
  const at::Tensor translC = goldens.input("endec.in.transl_c"), translW = goldens.input("endec.in.transl_w");
  EncoderInputs inputs;
  for (std::int64_t b = 0; b < pose.size(0); ++b) {
    EncodedSource source;
    const auto poses = vectorsOf(pose[b]);
    const auto oc = vectorsOf(orientC[b]), ow = vectorsOf(orientW[b]), tc = vectorsOf(translC[b]),
               tw = vectorsOf(translW[b]);
    source.gravityFromCamera = matricesOf(goldens.input("endec.in.R_c2gv")[b]);
    for (std::size_t t = 0; t < oc.size(); ++t) {
      SmplFrame frame;
      std::copy_n(poses.begin() + std::ptrdiff_t(t) * kPosedJoints, kPosedJoints, frame.bodyPose.begin());
      for (int k = 0; k < kShapes; ++k) frame.shape[k] = shape[b][std::int64_t(t)][k].item<float>();
      frame.globalOrient = oc[t];
      frame.translation = tc[t];
      source.camera.push_back(frame);
      frame.globalOrient = ow[t];
      frame.translation = tw[t];
      source.world.push_back(frame);
    }
    inputs.world.insert(inputs.world.end(), source.world.begin(), source.world.end());
    inputs.clips.push_back(source);
  }
  return inputs;
}

void compareCodec(GoldenFile& goldens, const BodyModel& body) {
  const MotionStatistics statistics = statisticsOf(goldens);
  goldens.compare("stats.std_effective", tensorOfArrays(std::vector<MotionVector>{statistics.deviation}), kExact);
  const auto views =
      each(matricesOf(goldens.input("endec.in.R_w2c")), [](const glm::mat3& m) { return gravityFromCamera(m); });
  goldens.compare("endec.in.R_c2gv", tensorOfMatrices(views), absolute(1e-6));
  const EncoderInputs inputs = encoderInputsOf(goldens);
  std::vector<MotionVector> encoded, released;
  std::vector<glm::vec3> steps, releasedSteps, path;
  for (const EncodedSource& source : inputs.clips) {
    const std::vector<MotionVector> vectors = encodeMotion(source, statistics);
    const std::vector<glm::vec3> clipSteps = localSteps(source.world);
    std::vector<glm::mat3> orients;
    for (const SmplFrame& frame : source.world) orients.push_back(rotationOfAxisAngle(frame.globalOrient));
    for (std::size_t t = 0; t < vectors.size(); ++t) {
      // the published code turns the step the wrong way (T1)
      const glm::vec3 wrong = orients[t] * (orients[t] * clipSteps[t]);
      MotionVector x = vectors[t];
      for (int k = 0; k < 3; ++k) {
        x[kStepChannel + k] = (wrong[k] - statistics.mean[kStepChannel + k]) / statistics.deviation[kStepChannel + k];
      }
      released.push_back(x);
      releasedSteps.push_back(wrong);
    }
    encoded.insert(encoded.end(), vectors.begin(), vectors.end());
    steps.insert(steps.end(), clipSteps.begin(), clipSteps.end());
    for (const glm::vec3& p : rolledOut(orients, clipSteps)) path.push_back(source.world[0].translation + p);
  }
  goldens.compare("endec.x_norm_corrected", tensorOfArrays(encoded), relative(1e-5));
  goldens.compare("endec.x_norm_released", tensorOfArrays(released), relative(1e-5));
  goldens.compare("endec.local_transl_vel_corrected", tensorOfVectors(steps), absolute(1e-6));
  goldens.compare("endec.local_transl_vel_released", tensorOfVectors(releasedSteps), absolute(1e-6));
  goldens.compare("endec.rollout_from_corrected", tensorOfVectors(path), absolute(1e-6));
  const auto corrected = motionsOf(goldens.input("endec.x_norm_corrected"));
  compareDecoded(goldens, "endec.roundtrip.", decodeMotion(corrected, statistics), body);
  const auto random = motionsOf(goldens.input("endec.decode.x_norm"));
  compareDecoded(goldens, "endec.decode.out.", decodeMotion(random, statistics), body);
}

void compareBodyChain(GoldenFile& goldens, const BodyModel& body) {
  const EncoderInputs inputs = encoderInputsOf(goldens);
  std::vector<glm::mat4> local, global;
  std::vector<glm::vec3> joints, unturned, rest;
  for (SmplFrame frame : inputs.world) {
    const BodyChain chain = bodyChain(body, frame);
    local.insert(local.end(), chain.local.begin(), chain.local.end());
    global.insert(global.end(), chain.global.begin(), chain.global.end());
    const JointPositions positions = chain.positions(), resting = body.restJointsOf(frame.shape);
    joints.insert(joints.end(), positions.begin(), positions.end());
    rest.insert(rest.end(), resting.begin(), resting.end());
    frame.globalOrient = frame.translation = glm::vec3(0);
    const JointPositions plain = bodyChain(body, frame).positions();
    unturned.insert(unturned.end(), plain.begin(), plain.end());
  }
  goldens.compare("fk.local_mat", tensorOfMatrices(local), absolute(1e-6));
  goldens.compare("fk.global_mat", tensorOfMatrices(global), absolute(1e-6));
  goldens.compare("fk.joints", tensorOfVectors(joints), absolute(1e-6));
  goldens.compare("fk.joints_no_orient_no_transl", tensorOfVectors(unturned), absolute(1e-6));
  goldens.compare("fk.rest_joints", tensorOfVectors(rest), absolute(1e-6));
  std::vector<std::array<float, kBodyJoints>> still;
  for (const EncodedSource& clip : inputs.clips) {
    for (const StillJoints& frame : stillJoints(jointPositions(body, clip.world))) {
      std::copy(frame.begin(), frame.end(), still.emplace_back().begin());
    }
  }
  goldens.compare("fk.static_mask", tensorOfArrays(still), kExact);
}

void compareCamera(GoldenFile& goldens) {
  goldens.compare("cam.angvel_mean", tensorOfArrays(std::vector<SixD>{kCameraVelocityMean}), kExact);
  goldens.compare("cam.angvel_std", tensorOfArrays(std::vector<SixD>{kCameraVelocityDeviation}), kExact);
  const auto boxes = vectorsOf(goldens.input("cam.bbx_xys"));
  const auto cameras = matricesOf(goldens.input("cam.K"));
  const auto heads = vectorsOf(goldens.input("cam.pred_cam"));
  const auto points = vectorsOf(goldens.input("cam.kp2d"));
  std::vector<std::array<float, 3>> inCamera;
  std::vector<glm::vec3> translations, back, inBox;
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    const PersonBox box{boxes[i].x, boxes[i].y, boxes[i].z};
    const Intrinsics camera{cameras[i][0][0], cameras[i][2][0], cameras[i][2][1]};
    inCamera.push_back(boxInCamera(box, camera));
    translations.push_back(translationOfCameraHead(heads[i], box, camera));
    back.push_back(cameraHeadOfTranslation(vectorsOf(goldens.input("cam.transl"))[i], box, camera));
    Keypoints pixels;
    for (int j = 0; j < kKeypoints; ++j) {
      const glm::vec3 p = points[i * kKeypoints + std::size_t(j)];
      pixels[j] = {p.x, p.y, p.z};
    }
    for (const Keypoint& p : keypointsInBox(pixels, box)) inBox.emplace_back(p.x, p.y, p.confidence);
  }
  goldens.compare("cam.cliffcam", tensorOfArrays(inCamera), absolute(1e-6));
  goldens.compare("cam.transl", tensorOfVectors(translations), relative(1e-5));
  goldens.compare("cam.pred_cam_from_transl", tensorOfVectors(back), relative(1e-5));
  goldens.compare("cam.kp2d_normalized", tensorOfVectors(inBox), relative(1e-5));
}

void compareGravityView(GoldenFile& goldens) {
  const auto cameras = matricesOf(goldens.input("gv.R_w2c"));
  const auto towards = [&](glm::vec3 gravity) {
    return tensorOfMatrices(each(cameras, [&](const glm::mat3& m) { return gravityFromCamera(m, gravity); }));
  };
  goldens.compare("gv.R_c2gv_yup", towards({0, -1, 0}), absolute(1e-6));
  goldens.compare("gv.R_c2gv_zup", towards({0, 0, -1}), absolute(1e-6));
}

void compareWorld(GoldenFile& goldens) {
  const at::Tensor velocity = goldens.input("world.in.cam_angvel"), camera = goldens.input("world.in.global_orient_c");
  const at::Tensor gravity = goldens.input("world.in.global_orient_gv"),
                   step = goldens.input("world.in.local_transl_vel");
  std::vector<glm::mat3> rotations;
  std::vector<glm::vec3> orients, path, streamOrients, streamPath;
  for (std::int64_t b = 0; b < velocity.size(0); ++b) {
    const auto velocities = sixDsOf(velocity[b]);
    const auto c = vectorsOf(camera[b]), g = vectorsOf(gravity[b]), s = vectorsOf(step[b]);
    DecodedMotion motion(c.size());
    for (std::size_t t = 0; t < c.size(); ++t) {
      motion[t].orientCamera = c[t];
      motion[t].orientGravity = g[t];
      motion[t].localStep = s[t];
    }
    for (const WorldFrame& frame : worldRollout(motion, velocities)) {
      rotations.push_back(frame.rotation);
      orients.push_back(axisAngleOfRotation(frame.rotation));
      path.push_back(frame.translation);
    }
    StreamingRollout stream;
    for (std::size_t t = 0; t < motion.size(); ++t) {
      const WorldFrame frame =
          stream.advance(motion[t], velocities[t], t == 0 ? glm::vec3(0) : motion[t - 1].localStep);
      if (t == 0) continue;
      streamOrients.push_back(axisAngleOfRotation(frame.rotation));
      streamPath.push_back(frame.translation);
    }
  }
  goldens.compare("world.out.R", tensorOfMatrices(rotations), absolute(2e-4));
  goldens.compareRotations("world.out.global_orient", tensorOfVectors(orients), absolute(2e-4));
  goldens.compare("world.out.transl", tensorOfVectors(path), absolute(2e-4));
  goldens.compareRotations("world.stream.global_orient", tensorOfVectors(streamOrients), absolute(2e-4));
  goldens.compare("world.stream.transl", tensorOfVectors(streamPath), absolute(2e-4));
}

void compareSmoothing(GoldenFile& goldens) {
  const at::Tensor input = goldens.input("smooth.in");  // [2][40][3]
  const auto along = [&](const std::vector<float>& taps) {
    const at::Tensor result = at::empty_like(input);
    for (std::int64_t b = 0; b < input.size(0); ++b) {
      for (std::int64_t c = 0; c < input.size(2); ++c) {
        const at::Tensor column = input[b].select(1, c).contiguous();
        const std::vector<float> out = smoothed({column.const_data_ptr<float>(), std::size_t(column.numel())}, taps);
        result[b].select(1, c).copy_(at::tensor(at::ArrayRef<float>(out)));
      }
    }
    return result;
  };
  goldens.compare("smooth.gauss_sigma3", along(gaussianTaps()), relative(1e-5));
  goldens.compare("smooth.box5", along(boxTaps(5)), relative(1e-5));
}

void compareSchedule(GoldenFile& goldens) {
  const NoiseTables all = cosineSchedule();
  goldens.compareDoubles("diff.betas", all.beta, absolute(1e-12));
  goldens.compareDoubles("diff.alphas_cumprod", all.alphaBar, absolute(1e-12));
  const SamplingTables fifty = samplingTables(all, respacedTimesteps({50}));
  goldens.compareDoubles("diff.s50.betas", fifty.beta, elementwise(1e-9));
  goldens.compareDoubles("diff.s50.alphas_cumprod", fifty.alphaBar, elementwise(1e-9));
  goldens.compareDoubles("diff.s50.alphas_cumprod_prev", fifty.alphaBarBefore, elementwise(1e-9));
  goldens.compareDoubles("diff.s50.sqrt_recip_alphas_cumprod", fifty.rootRecip, elementwise(1e-9));
  goldens.compareDoubles("diff.s50.sqrt_recipm1_alphas_cumprod", fifty.rootRecipMinusOne, elementwise(1e-9));
  const auto map = [&](const std::string& name, const std::vector<int>& counts) {
    const std::vector<int> steps = respacedTimesteps(counts);
    goldens.compare("diff.timestep_map_" + name, at::tensor(at::ArrayRef<int>(steps)), kExact);
  };
  for (const int count : {5, 10, 20, 25, 50, 100, 250}) map(std::to_string(count), {count});
  map("sections_10_15_20", {10, 15, 20});

  const at::Tensor x = goldens.input("diff.step.x"), clean = goldens.input("diff.step.x0");
  const at::Tensor indices = goldens.input("diff.step.k");
  std::vector<at::Tensor> next;
  for (std::int64_t i = 0; i < indices.numel(); ++i) {
    next.push_back(ddimUpdate(x, clean, ddimStep(fifty, indices[i].item<int>())));
  }
  goldens.compare("diff.step.x_next", at::stack(next), relative(2e-6));
  const at::Tensor noise = goldens.input("diff.q.noise"), steps = goldens.input("diff.q.t");
  std::vector<at::Tensor> noisy;
  for (std::int64_t i = 0; i < steps.numel(); ++i) {
    noisy.push_back(noised(clean[i], noise[i], forwardNoise(all, steps[i].item<int>())));
  }
  goldens.compare("diff.q.x_t", at::stack(noisy), relative(1e-6));
}

void compareTurns(GoldenFile& goldens) {
  const auto u = vectorsOf(goldens.input("ik.between.u")), v = vectorsOf(goldens.input("ik.between.v"));
  std::vector<glm::quat> between;
  for (std::size_t i = 0; i < u.size(); ++i) between.push_back(turnBetween(u[i], v[i]));
  goldens.compare("ik.between.q", tensorOfQuaternions(between), absolute(1e-5));
  const auto a = quaternionsOf(goldens.input("ik.slerp.a")), b = quaternionsOf(goldens.input("ik.slerp.b"));
  for (const int tenths : {4, 6, 8}) {
    const std::string name = std::to_string(tenths);
    const at::Tensor finite = goldens.input("ik.slerp.finite_" + name);
    std::vector<glm::quat> parts;
    for (std::size_t i = 0; i < a.size(); ++i) parts.push_back(partOfTurn(a[i], b[i], float(tenths) / 10));
    // where the reference has no number, ours only has to be one
    const at::Tensor got = tensorOfQuaternions(parts), golden = goldens.input("ik.slerp.out_" + name);
    EXPECT_TRUE(at::isfinite(got).all().item<bool>());
    goldens.compare("ik.slerp.out_" + name, at::where(finite.unsqueeze(1) > 0, got, golden), absolute(1e-5));
  }
}

void compareContactFix(GoldenFile& goldens, const BodyModel& body) {
  const auto pose = vectorsOf(goldens.input("post.in.body_pose")),
             orient = vectorsOf(goldens.input("post.in.global_orient"));
  const auto transl = vectorsOf(goldens.input("post.in.transl")),
             logitsIn = vectorsOf(goldens.input("post.in.static_conf_logits"));
  const at::Tensor shape = goldens.input("post.in.betas")[0];
  SmplMotion world(orient.size());
  std::vector<ContactLogits> logits(orient.size());
  for (std::size_t t = 0; t < world.size(); ++t) {
    std::copy_n(pose.begin() + std::ptrdiff_t(t) * kPosedJoints, kPosedJoints, world[t].bodyPose.begin());
    for (int k = 0; k < kShapes; ++k) world[t].shape[k] = shape[std::int64_t(t)][k].item<float>();
    world[t].globalOrient = orient[t];
    world[t].translation = transl[t];
    for (int c = 0; c < kContacts; ++c) logits[t][c] = logitsIn[2 * t + std::size_t(c / 3)][c % 3];
  }
  const std::vector<glm::vec3> path = contactTranslation(body, world, logits);
  goldens.compare("post.transl", tensorOfVectors(path), absolute(1e-5));
  for (std::size_t t = 0; t < world.size(); ++t) world[t].translation = path[t];

  const auto flat = [](const auto& frames) {
    std::vector<glm::vec3> all;
    for (const auto& frame : frames) all.insert(all.end(), frame.begin(), frame.end());
    return all;
  };
  const std::vector<JointPositions> before = jointPositions(body, world);
  goldens.compare("post.joints_before_ik", tensorOfVectors(flat(before)), absolute(1e-5));
  goldens.compare("post.ik_targets", tensorOfVectors(flat(contactTargets(before, logits))), absolute(1e-5));
  const auto poses = contactPoses(body, world, logits);
  goldens.compareRotations("post.body_pose", tensorOfVectors(flat(poses)), absolute(1e-4));
  goldens.compare("post.body_pose_R", tensorOfMatrices(each(flat(poses), rotationOfAxisAngle)), absolute(5e-5));
  for (std::size_t t = 0; t < world.size(); ++t) world[t].bodyPose = poses[t];
  goldens.compare("post.joints_after_ik", tensorOfVectors(flat(jointPositions(body, world))), absolute(5e-5));
}

void comparePositions(GoldenFile& goldens) {
  const at::Tensor rows = goldens.input("pe.rows");
  goldens.compare("pe.d1024", positionTable(1024).squeeze(1).index_select(0, rows), kExact);
  const auto twice = [](const at::Tensor& angles) { return at::stack({angles, angles}, -1).flatten(-2); };
  const at::TensorOptions options = at::TensorOptions().dtype(at::kFloat);
  goldens.compare("rope.angles_d16", twice(rotaryAngles(24, 16, options)), relative(1e-6));
  const at::Tensor positions = goldens.input("rope.angles_d128_rows");
  const at::Tensor wide = rotaryAngles(positions.max().item<std::int64_t>() + 1, 128, options);
  goldens.compare("rope.angles_d128", twice(wide.index_select(0, positions)), relative(1e-6));
  for (const int width : {16, 128}) {
    const std::string name = "rope.d" + std::to_string(width);
    const at::Tensor x = goldens.input(name + ".in");  // [B][H][L][d]
    const at::Tensor turns = rotaryTurns(x.size(2), width, options).view({x.size(2), width / 2});
    goldens.compare(name + ".out", rotatePairs(x, turns), relative(1e-5));
  }
}

AttentionPlan planOf(std::int64_t frames, std::int64_t window, const std::vector<std::int64_t>& lengths) {
  const at::TensorOptions options = at::TensorOptions().dtype(at::kFloat);
  return {attentionBlocks(frames, window, lengths, options), rotaryTurns(frames, 16, options)};
}

void compareAttention(GoldenFile& goldens, const ParameterMap& weights) {
  const at::Tensor x = goldens.input("attn.in"), length = goldens.input("attn.length");
  const std::vector<std::int64_t> lengths = {length[0].item<std::int64_t>(), length[1].item<std::int64_t>()};
  const LayerReader layers(weights);
  const std::string block = kDenoiser + "blocks.0.";
  const SelfAttention attention = SelfAttention::read(layers, block + "attn", 4);
  goldens.compare("attn.out_full", attention(x, planOf(30, 120, {30, 30})), relative(1e-5));
  goldens.compare("attn.out_padded", attention(x, planOf(30, 120, lengths)), relative(1e-5));
  const AttentionPlan narrow = planOf(30, 12, lengths);
  goldens.compare("attn.out_window12_padded", attention(x, narrow), relative(1e-5));
  // a whole block from its unfolded pieces
  const at::Tensor seen =
      x + layers.tensor(block + "gate_msa") * attention(layers.norm(block + "norm1", 1e-6)(x), narrow);
  const at::Tensor inner = at::gelu(layers.linear(block + "mlp.fc1")(layers.norm(block + "norm2", 1e-6)(seen)), "tanh");
  goldens.compare("attn.block0_out_window12_padded",
                  seen + layers.tensor(block + "gate_mlp") * layers.linear(block + "mlp.fc2")(inner), relative(1e-5));
  std::vector<std::int64_t> firstLast;
  for (std::int64_t i = 0; i < 131; ++i) {
    const FrameSpan keys = keysOfFrame(i, 131, 120);
    firstLast.insert(firstLast.end(), {keys.begin, keys.end - 1});
  }
  goldens.compare("attn.window120_L131_first_last", at::tensor(at::ArrayRef<std::int64_t>(firstLast)), kExact);
  const at::Tensor mask = at::ones({30, 30});
  for (std::int64_t i = 0; i < 30; ++i) {
    const FrameSpan keys = keysOfFrame(i, 30, 12);
    mask[i].narrow(0, keys.begin, keys.count()).zero_();
  }
  goldens.compare("attn.window12_mask", mask, kExact);
}

void compareTextAttention(GoldenFile& goldens, const ParameterMap& weights, const at::Tensor& pool) {
  const at::Tensor x = goldens.input("ca.in");
  const LayerReader layers(weights);
  const std::string block = kDenoiser + "text_encoder_layers.0.";
  const CrossAttention attention = CrossAttention::read(layers, block + "cross_attn", 4);
  Config config = smallConfig();
  config.width = 64;
  const Denoiser denoiser(config, weights);
  const at::Tensor texts = denoiser.embedText(textsByIndex(pool, goldens.input("ca.text_index")));
  goldens.compare("ca.text_embed_with_pe", texts, relative(1e-5));
  const at::Tensor none = denoiser.embedText(at::zeros({1, kTextTokens, kTextChannels}));
  goldens.compare("ca.null.out_attn", attention(x, attention.remember({none}), {}), relative(1e-5));

  const auto wholeBlock = [&](const TextMemory& memory, const TextPlan& plan) {
    const at::Tensor told =
        x + layers.tensor(block + "gate_cross_attn") * attention(layers.norm(block + "norm2", 1e-6)(x), memory, plan);
    const at::Tensor inner =
        at::gelu(layers.linear(block + "mlp.fc1")(layers.norm(block + "norm3", 1e-6)(told)), "tanh");
    return told + layers.tensor(block + "gate_mlp") * layers.linear(block + "mlp.fc2")(inner);
  };
  const TextMemory one = attention.remember({texts.narrow(0, 0, 1)});
  goldens.compare("ca.single.out_attn", attention(x, one, {}), relative(1e-5));
  goldens.compare("ca.single.out_block", wholeBlock(one, {}), relative(1e-5));

  const at::Tensor begins = goldens.input("ca.multi.window_start"), ends = goldens.input("ca.multi.window_end");
  TextPlan plan;
  plan.coverage = at::zeros({1, x.size(1), 1});
  std::vector<std::int64_t> frames;
  for (std::int64_t k = 0; k < 2; ++k) {
    const FrameSpan span = framesOf({{}, begins[k].item<float>(), ends[k].item<float>()}, x.size(1));
    plan.frames.push_back(span);
    plan.coverage.narrow(1, span.begin, span.count()).add_(1);
    frames.insert(frames.end(), {span.begin, span.end});
  }
  goldens.compare("ca.multi.window_frames", at::tensor(at::ArrayRef<std::int64_t>(frames)), kExact);
  const TextMemory both = attention.remember({texts.narrow(0, 0, 1), texts.narrow(0, 1, 1)});
  goldens.compare("ca.multi.out_attn", attention(x, both, plan), relative(1e-5));
  goldens.compare("ca.multi.out_block", wholeBlock(both, plan), relative(1e-5));

  const at::Tensor fractions = goldens.input("ca.round.frac");
  for (const std::int64_t length : {10, 119}) {
    std::vector<std::int64_t> rounded;
    for (std::int64_t i = 0; i < fractions.numel(); ++i) {
      rounded.push_back(framesOf({{}, fractions[i].item<float>(), 1}, length).begin);
    }
    goldens.compare("ca.round.L" + std::to_string(length), at::tensor(at::ArrayRef<std::int64_t>(rounded)), kExact);
  }
}

void compareTime(GoldenFile& goldens, const ParameterMap& weights) {
  Config config = smallConfig();
  config.width = 64;
  const Denoiser denoiser(config, weights);
  goldens.compare("temb.out", denoiser.timeEmbedding(goldens.input("temb.timesteps")), relative(1e-5));
}

void compareWithoutWeights(GoldenFile& goldens) {
  const BodyModel body = bodyOf(goldens);
  compareRotationConversions(goldens);
  compareCodec(goldens, body);
  compareBodyChain(goldens, body);
  compareCamera(goldens);
  compareGravityView(goldens);
  compareWorld(goldens);
  compareSmoothing(goldens);
  compareSchedule(goldens);
  compareTurns(goldens);
  compareContactFix(goldens, body);
  comparePositions(goldens);
}

TEST(GemComponents, AgreeWithTheReferenceWithoutAnyWeights) {
  auto goldens = GoldenFile::openKept("components.safetensors");
  ASSERT_TRUE(goldens);
  compareWithoutWeights(*goldens);
  // these speak about a network, whose weights are not kept here
  goldens->finish([](const std::string& name) {
    return name.starts_with("attn.") || name.starts_with("ca.") || name.starts_with("temb.");
  });
}

TEST(GemComponents, AllAgreeWithTheReference) {
  auto goldens = GoldenFile::open("components.safetensors"), tiny = GoldenFile::open("denoiser_tiny.safetensors");
  if (!goldens || !tiny)
    GTEST_SKIP() << "KINESCORE_GOLDENS holds no gem/components.safetensors and denoiser_tiny.safetensors";
  compareWithoutWeights(*goldens);
  Config config = smallConfig();
  config.width = 64;
  const auto weights = readWeights(tiny->file(), config, "golden.");
  ASSERT_TRUE(weights) << weights.error().message;
  compareAttention(*goldens, *weights);
  compareTextAttention(*goldens, *weights, tiny->input("golden.text_pool"));
  compareTime(*goldens, *weights);
  goldens->finish();
}

}  // namespace
}  // namespace kinescore::gem
