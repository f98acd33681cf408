// Whole samplings and what is made of them against the reference (trajectory.safetensors).
#include <gtest/gtest.h>

#include "engine/network/gem/estimate.h"
#include "engine/network/gem/weights.h"
#include "tests/engine/network/gem/goldens.h"

namespace kinescore::gem {
namespace {

class GemTrajectory : public testing::Test {
 protected:
  void SetUp() override {
    auto goldens = GoldenFile::open("trajectory.safetensors"), tiny = GoldenFile::open("denoiser_tiny.safetensors");
    if (!goldens || !tiny) GTEST_SKIP() << "KINESCORE_GOLDENS holds no gem/trajectory.safetensors";
    goldens_.emplace(*std::move(goldens));
    tiny_.emplace(*std::move(tiny));
    const Config config = configOfWeights(tiny_->file()).value();
    denoiser_.emplace(config, readWeights(tiny_->file(), config, "golden.").value());
    statistics_.mean = motionsOf(goldens_->input("stats.mean"))[0];
    statistics_.deviation = effectiveDeviations(motionsOf(goldens_->input("stats.std_raw"))[0]);
    body_ = bodyOf(*goldens_);
  }

  std::vector<ClipConditions> clips(const std::string& batch) {
    return clipsOf(*tiny_, "golden." + batch + ".in.", tiny_->input("golden.text_pool"));
  }

  void comparePrediction(const std::string& prefix, const Prediction& prediction, double tolerance) {
    goldens_->compare(prefix + "pred_x", prediction.motion, relative(tolerance));
    goldens_->compare(prefix + "pred_cam", prediction.camera, relative(tolerance));
    goldens_->compare(prefix + "static_conf_logits", prediction.contacts, relative(tolerance));
  }

  void compareSampling(const std::string& batch) {
    const std::string at = batch + ".ddim.";
    const at::Tensor stored = goldens_->input(at + "k"), guidedStored = goldens_->input(at + "guided_k");
    std::map<int, at::Tensor> entered, predicted;
    SamplingOptions options;
    options.observer = [&](int k, const at::Tensor& x, const at::Tensor& clean) {
      entered[k] = x;
      predicted[k] = clean;
    };
    const ClipContext context = denoiser_->prepare(gatherConditions(clips(batch)), Branches::Guided);
    const auto result = sample(*denoiser_, context, goldens_->input(at + "noise"), options);
    ASSERT_TRUE(result);
    const auto at_k = [](std::map<int, at::Tensor>& all, const at::Tensor& indices) {
      std::vector<at::Tensor> chosen;
      for (std::int64_t i = 0; i < indices.numel(); ++i) chosen.push_back(all.at(indices[i].item<int>()));
      return at::stack(chosen);
    };
    goldens_->compare(at + "x_in", at_k(entered, stored), relative(1e-5));
    goldens_->compare(at + "guided_pred_x", at_k(predicted, guidedStored), relative(1e-5));
    comparePrediction(at + "final.", *result, 2e-5);
    goldens_->compare(at + "final.sample", result->motion, relative(2e-5));
    EXPECT_TRUE(at::equal(result->motion, predicted.at(0))) << "the last x is the last prediction, bit for bit";
    std::vector<std::int64_t> timesteps;
    const std::vector<int> all = respacedTimesteps({kSamplingSteps});
    for (std::int64_t i = 0; i < stored.numel(); ++i)
      timesteps.push_back(all[std::size_t(stored[i].item<std::int64_t>())]);
    goldens_->compare(at + "timesteps", at::tensor(at::ArrayRef<std::int64_t>(timesteps)), kExact);
    comparePrediction(batch + ".reg.",
                      regress(*denoiser_, denoiser_->prepare(gatherConditions(clips(batch)), Branches::All)), 1e-5);
  }

  // From the stored outputs on, so that their errors do not add up.
  std::vector<Estimate> estimates(const std::string& batch, const std::string& outputs, bool fixesContacts) {
    const std::string at = batch + "." + outputs + ".";
    const Prediction stored = {goldens_->input(at + "pred_x"), goldens_->input(at + "pred_cam"),
                               goldens_->input(at + "static_conf_logits"), {}};
    std::vector<Estimate> all;
    std::int64_t row = 0;
    for (const ClipConditions& clip : clips(batch)) {
      const CameraTrack track{clip.boxes, clip.intrinsics, clip.cameraVelocity};
      all.push_back(estimateOf(predictionOfClip(stored, row++, clip.frames), track, body_, statistics_,
                               {GravityAxis::Up, fixesContacts}));
    }
    return all;
  }

  struct Columns {
    std::vector<glm::vec3> pose, orient, translation;
    std::vector<Shape> shape;
    void add(const SmplMotion& motion) {
      for (const SmplFrame& frame : motion) {
        pose.insert(pose.end(), frame.bodyPose.begin(), frame.bodyPose.end());
        orient.push_back(frame.globalOrient);
        translation.push_back(frame.translation);
        shape.push_back(frame.shape);
      }
    }
  };

  // Only what the file has.
  void compareMotion(const std::string& prefix, const Columns& columns, double radians, Tolerance metres) {
    const auto has = [&](const char* name) { return goldens_->has(prefix + name); };
    if (has("body_pose"))
      goldens_->compareRotations(prefix + "body_pose", tensorOfVectors(columns.pose), absolute(radians));
    if (has("global_orient")) {
      goldens_->compareRotations(prefix + "global_orient", tensorOfVectors(columns.orient), absolute(radians));
    }
    if (has("transl")) goldens_->compare(prefix + "transl", tensorOfVectors(columns.translation), metres);
    if (has("betas")) goldens_->compare(prefix + "betas", tensorOfArrays(columns.shape), relative(1e-5));
  }

  void compareEstimates(const std::string& prefix, const std::vector<Estimate>& all, double cameraRadians,
                        double worldRadians, double worldMetres) {
    Columns camera, world;
    for (const Estimate& one : all) {
      camera.add(one.camera);
      world.add(one.world);
    }
    compareMotion(prefix + ".incam.", camera, cameraRadians, elementwise(1e-5));
    compareMotion(prefix + ".global.", world, worldRadians, absolute(worldMetres));
  }

  void compareDecoded(const std::string& prefix, const std::vector<Estimate>& all) {
    std::vector<glm::vec3> pose, camera, gravity, step, offset;
    std::vector<Shape> shape;
    for (const Estimate& one : all) {
      for (const DecodedFrame& frame : one.decoded) {
        pose.insert(pose.end(), frame.bodyPose.begin(), frame.bodyPose.end());
        camera.push_back(frame.orientCamera);
        gravity.push_back(frame.orientGravity);
        step.push_back(frame.localStep);
        shape.push_back(frame.shape);
        offset.push_back(body_.restJointsOf(frame.shape)[kPelvis]);
      }
    }
    goldens_->compareRotations(prefix + "body_pose", tensorOfVectors(pose), absolute(1e-4));
    goldens_->compareRotations(prefix + "global_orient", tensorOfVectors(camera), absolute(1e-4));
    goldens_->compareRotations(prefix + "global_orient_gv", tensorOfVectors(gravity), absolute(1e-4));
    goldens_->compare(prefix + "local_transl_vel", tensorOfVectors(step), absolute(1e-4));
    goldens_->compare(prefix + "betas", tensorOfArrays(shape), absolute(1e-4));
    goldens_->compare(prefix + "offset", tensorOfVectors(offset), absolute(1e-5));
  }

  std::optional<GoldenFile> goldens_, tiny_;
  std::optional<Denoiser> denoiser_;
  MotionStatistics statistics_;
  BodyModel body_;
};

TEST_F(GemTrajectory, AgreesWithTheReference) {
  for (const std::string batch : {"A", "C"}) {
    compareSampling(batch);
    const std::vector<Estimate> sampled = estimates(batch, "ddim.final", false);
    compareDecoded(batch + ".pipe.decode.", sampled);
    compareEstimates(batch + ".pipe", sampled, 1e-4, 1e-2, 2e-3);
    compareEstimates(batch + ".reg_pipe", estimates(batch, "reg", false), 1e-4, 1e-2, 2e-3);
  }
  // the reference fixes contacts of one clip at a time
  compareEstimates("C.post", estimates("C", "ddim.final", true), 2e-2, 5e-2, 1e-2);
  compareEstimates("C.reg_post", estimates("C", "reg", true), 2e-2, 5e-2, 1e-2);
  goldens_->finish();
}

}  // namespace
}  // namespace kinescore::gem
