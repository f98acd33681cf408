#include "engine/evaluate/evaluation_run.h"

#include <atomic>

#include "engine/core/files.h"
#include "engine/evaluate/evaluation_summary.h"
#include "engine/evaluate/sensed_items.h"
#include "engine/library/caption_index.h"
#include "engine/solve/solver.h"
#include "tests/engine/evaluate/held_out_library.h"
#include "tests/support/standing_denoiser.h"
#include "tests/support/temporary_folder.h"

namespace kinescore {
namespace {

Result<PromptTokens> encodeMadeUp(std::string_view prompt) {
  const auto embedding = madeUpEmbedding(prompt);
  return PromptTokens{(*embedding)->words, (*embedding)->tokens, (*embedding)->sentence};
}

std::unique_ptr<ModelUnderTest> standingModel(ModelUnderTest::ReferenceOpener references = {}) {
  return std::make_unique<ModelUnderTest>(std::make_unique<StandingDenoiser>(), encodeMadeUp, std::move(references));
}

GenerationRequest requestOf(std::int64_t frames) {
  GenerationRequest request;
  request.span = {{0}, ticksOfFrame(frames, kEngineRate)};
  request.texts.push_back({request.span, "stand still", BodyPart::Whole, {}});
  request.automaticReferences = 0;
  return request;
}

double worldGap(const Motion& a, const Motion& b) {
  std::vector<std::int64_t> frames;
  for (std::int64_t f = 0; f < a.frameCount(); ++f) frames.push_back(f);
  return worldDistance(a, b, frames);
}

TEST(ModelUnderTestTest, TheMotionBeforeTheSolverIsTheOneItSolved) {
  const auto model = standingModel();
  for (const std::int64_t frames : {45, 192, 300}) {  // one window, a full one, two
    const auto made = model->perform(requestOf(frames), {});
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(made->before.frameCount(), frames);
    EXPECT_EQ(made->after.frameCount(), frames);
    EXPECT_LT(worldGap(made->before, made->after), 0.05);
    EXPECT_GT(worldGap(made->before, made->after), 0);
  }
}

// The answer of every step is the share of its input that trembles: an estimate sees pure noise once, so it trembles
// as much at the end as at the start.
TEST(ModelUnderTestTest, AnEstimateIsTheFirstLook) {
  const auto model = standingModel();
  const auto sampled = model->perform(requestOf(60), {});
  GenerationRequest once = requestOf(60);
  once.estimate = true;
  const auto estimated = model->perform(once, {});
  ASSERT_TRUE(sampled && estimated);
  EXPECT_GT(worldGap(sampled->before, estimated->before), 1e-4);
  EXPECT_GT(jerkOf(estimated->before).mean, jerkOf(sampled->before).mean);
}

// Texts move this one by as much as they are pushed.
class TextMover final : public StandingDenoiser {
 public:
  Status denoise(std::span<const float> noisy, double logSnr, std::span<const GuidanceBranch> branches,
                 std::span<const std::span<float>> outputs, std::stop_token stop) override {
    if (Status done = StandingDenoiser::denoise(noisy, logSnr, branches, outputs, stop); !done) return done;
    for (std::size_t b = 0; b < branches.size(); ++b) {
      if (branches[b] == GuidanceBranch::WithoutText) continue;
      for (std::size_t i = kRootChannel; i < outputs[b].size(); i += kFeatureCount) outputs[b][i] += 0.01f;
    }
    return {};
  }
};

TEST(ModelUnderTestTest, GuidanceCanBeAnother) {
  const auto wayAt = [](std::optional<double> guidance) {
    ModelUnderTest model(std::make_unique<TextMover>(), encodeMadeUp, {});
    if (guidance) model.setTextGuidance(*guidance);
    return (*model.perform(requestOf(60), {})).before.rootPositions[30].x;
  };
  EXPECT_EQ(wayAt(std::nullopt), wayAt(Guidance{}.textScale));
  EXPECT_NE(wayAt(std::nullopt), wayAt(4));
}

class EvaluationRunTest : public testing::Test {
 protected:
  EvaluationRunTest() {
    library_ = std::make_shared<const Library>(heldOutLibrary());
    manifest_ = *freezeManifest(*library_);
    manifest_.seeds = {1, 2};
    manifest_.inbetweenSeeds = {1};
    manifest_.constraintSeeds = {1};
    manifest_.poolSize = 3;
    manifest_.pools = 12;
    manifest_.bootstraps = 50;
    for (auto& [name, split] : manifest_.splits) split.paths.resize(2);
    EXPECT_TRUE(trainEvaluators(*library_, madeUpEmbedding, folder_ / "evaluators", smallEvaluators(), {}, {}));
    evaluators_.emplace(*loadEvaluators(folder_ / "evaluators", EvaluatorSetName::A));
    question_.library = library_;
    question_.manifest = &manifest_;
    question_.evaluators = &*evaluators_;
    question_.encodeSentence = madeUpEmbedding;
    question_.quality = Quality::Draft;
    question_.openModel = [this]() -> Result<std::unique_ptr<ModelUnderTest>> {
      ++opened_;
      return standingModel(references_);
    };
  }

  TemporaryFolder folder_;
  std::shared_ptr<const Library> library_;
  EvaluationManifest manifest_;
  std::optional<EvaluatorSet> evaluators_;
  EvaluationQuestion question_;
  ModelUnderTest::ReferenceOpener references_;
  std::atomic<int> opened_ = 0;
};

TEST_F(EvaluationRunTest, MeasuresEverythingTheManifestNames) {
  int last = 0;
  const auto records = runEvaluation(question_, folder_ / "run", [&](const EvaluationProgress& p) {
    EXPECT_EQ(p.done, ++last);
    EXPECT_GE(p.secondsLeft, -1);
  }, {});
  ASSERT_TRUE(records) << records.error().message;
  const EvaluationSplit& val = manifest_.splits.at(Split::Val);
  for (const Column column : {Column::Real, Column::Copy, Column::Plain}) {
    EXPECT_EQ(records->stretches.at(column).size(), val.stretches.size()) << nameOf(column);
  }
  EXPECT_FALSE(records->stretches.contains(Column::Referenced));
  EXPECT_EQ(records->inbetweens.size(), val.inbetweens.size());
  EXPECT_EQ(records->keys.size(), val.keys.size());
  EXPECT_EQ(records->paths.size(), 2u);
  EXPECT_EQ(records->views.size(), viewedStretches(question_).size());
  EXPECT_EQ(records->beats.size(), beatenStretches(question_).size());
  EXPECT_GT(records->views.size(), 0u);
  EXPECT_GT(records->views.begin()->second.after.at(0), 0.01);  // who stands is not told as one who walks
  EXPECT_EQ(last, int(3 * val.stretches.size() + val.inbetweens.size() + val.keys.size() + 2 + records->views.size() + records->beats.size()));
  const StretchRecord& ours = records->stretches.at(Column::Plain).begin()->second;
  EXPECT_EQ(ours.before.size(), 2u);
  EXPECT_EQ(ours.after.size(), 2u);
  EXPECT_EQ(ours.after[0].verdicts.size(), 3u);
  EXPECT_GT(ours.diversityAfter, 0);
  const StretchRecord& real = records->stretches.at(Column::Real).begin()->second;
  EXPECT_GT(real.diversityAfter, ours.diversityAfter);  // a figure that stands does not differ much
  const StretchRecord& copy = records->stretches.at(Column::Copy).begin()->second;
  for (const double d : copy.after[0].novelty) EXPECT_LT(d, 0.01);  // a copy is not new, but for its root's ends
  for (const double d : real.after[0].novelty) EXPECT_GT(d, 0.01);
  EXPECT_EQ(records->header.modelHash, "standing");
  EXPECT_EQ(records->header.knownActions, 3);
  for (const auto& [number, keys] : records->keys) {
    EXPECT_LT(keys.after[0].poseMetres, 0.01);
    EXPECT_LT(keys.after[0].targetMetres, keys.before[0].targetMetres);  // a figure that stands cannot reach them all
    EXPECT_GT(keys.before[0].poseMetres, keys.after[0].poseMetres);
    EXPECT_EQ(keys.real.poseMetres, 0);
  }
  const auto sheet = performSheet(question_, *standingModel(), 2, {});
  ASSERT_TRUE(sheet);
  EXPECT_EQ(sheet->size(), 2u);
  EXPECT_EQ((*sheet)[0].real.frameCount(), (*sheet)[0].ours.frameCount());
}

TEST_F(EvaluationRunTest, AStopGoesOnAndJobsChangeNothing) {
  question_.jobs = 1;
  ASSERT_TRUE(runEvaluation(question_, folder_ / "whole", {}, {}));
  question_.jobs = 3;
  std::stop_source stop;
  int begun = 0;
  const auto stopped = runEvaluation(question_, folder_ / "parts", [&](const EvaluationProgress& p) {
    begun = p.done;
    if (p.done >= 4) stop.request_stop();
  }, stop.get_token());
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::Cancelled);
  int first = 0;
  const auto records = runEvaluation(question_, folder_ / "parts", [&](const EvaluationProgress& p) {
    if (first == 0) first = p.done;
  }, {});
  ASSERT_TRUE(records) << records.error().message;
  EXPECT_GT(first, 4);  // what was done is not done again
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_ / "whole/items")) {
    EXPECT_EQ(bytesOf(entry.path()), bytesOf(folder_ / "parts/items" / entry.path().filename().string())) << entry.path();
    ++files;
  }
  EXPECT_GT(files, 10);
}

TEST_F(EvaluationRunTest, AFolderOfAnotherQuestionIsRefused) {
  question_.limit = 1;
  const auto records = runEvaluation(question_, folder_ / "run", {}, {});
  ASSERT_TRUE(records);
  EXPECT_EQ(records->stretches.at(Column::Plain).size(), 1u);
  question_.limit = 0;
  const auto other = runEvaluation(question_, folder_ / "run", {}, {});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::InvalidArgument);
  putBytes(itemFile(folder_ / "run", "plain", 0), "{}");
  EXPECT_EQ(loadEvaluation(folder_ / "run").error().code, ErrorCode::BadInput);
  EXPECT_EQ(loadEvaluation(folder_ / "nowhere").error().code, ErrorCode::NotFound);
  manifest_.splits[Split::Val].stretches[0].clip = "nobody";
  EXPECT_FALSE(runEvaluation(question_, folder_ / "new", {}, {}));
}

TEST_F(EvaluationRunTest, AFailureOfTheModelComesThrough) {
  question_.openModel = []() -> Result<std::unique_ptr<ModelUnderTest>> { return Error{ErrorCode::NotFound, "No weights."}; };
  EXPECT_EQ(runEvaluation(question_, folder_ / "run", {}, {}).error().message, "No weights.");
}

TEST_F(EvaluationRunTest, ReferencesAreAColumnOfTheirOwnAndOnlyFromTrain) {
  const auto vectorOf = [](std::string_view sentence) -> Result<std::vector<float>> { return (*madeUpEmbedding(sentence))->sentence; };
  auto index = indexCaptions(*library_, vectorOf);
  ASSERT_TRUE(index) << index.error().message;
  ASSERT_TRUE(saveFileSafely(folder_ / "index.safetensors", writeCaptionIndex(*index)));
  auto references = referencesFrom(library_, folder_ / "index.safetensors");
  ASSERT_TRUE(references) << references.error().message;
  references_ = *references;
  question_.limit = 1;
  const auto records = runEvaluation(question_, folder_ / "run", {}, {});
  ASSERT_TRUE(records) << records.error().message;
  EXPECT_EQ(records->stretches.at(Column::Referenced).size(), 1u);

  index->rows[0] = {20, 0};  // a clip of val
  ASSERT_TRUE(saveFileSafely(folder_ / "wrong.safetensors", writeCaptionIndex(*index)));
  const auto refused = referencesFrom(library_, folder_ / "wrong.safetensors");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("outside train"), std::string::npos);
  const auto none = referencesFrom(library_, folder_ / "nowhere.safetensors");
  ASSERT_TRUE(none);
  EXPECT_FALSE(bool(*none));
}

TEST_F(EvaluationRunTest, NeverWithAUsersClips) {
  const auto vectorOf = [](std::string_view sentence) -> Result<std::vector<float>> { return (*madeUpEmbedding(sentence))->sentence; };
  auto users = std::make_shared<Library>(*library_);
  users->userFolder = "/home/me/takes";
  ASSERT_TRUE(saveFileSafely(folder_ / "index.safetensors", writeCaptionIndex(*indexCaptions(*users, vectorOf))));
  EXPECT_FALSE(referencesFrom(users, folder_ / "index.safetensors"));
  EXPECT_FALSE(freezeManifest(*users));
  question_.library = users;
  const auto refused = runEvaluation(question_, folder_ / "run", {}, {});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("never on a user's clips"), std::string::npos);
}

TEST_F(EvaluationRunTest, WhatIsAskedIsTextAlone) {
  const EvaluationStretch& stretch = manifest_.splits.at(Split::Val).stretches[0];
  const GenerationRequest off = stretchRequest(stretch, 7, Quality::Good, false), on = stretchRequest(stretch, 7, Quality::Good, true);
  EXPECT_EQ(off.frameCount(), stretch.frames.length());
  EXPECT_EQ(off.texts.front().prompt, stretch.textC);
  EXPECT_EQ(off.automaticReferences, 0);
  EXPECT_GT(on.automaticReferences, 0);
  EXPECT_TRUE(checkRequest(off));
}

}  // namespace
}  // namespace kinescore
