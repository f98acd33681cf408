#include "engine/evaluate/evaluators.h"

#include <numbers>

#include "engine/core/files.h"
#include "tests/engine/evaluate/held_out_library.h"
#include "tests/support/temporary_folder.h"

namespace kinescore {
namespace {

std::vector<double> wave(double hertz, int frames = 120) {
  std::vector<double> values;
  for (int f = 0; f < frames; ++f) values.push_back(std::sin(2 * std::numbers::pi * hertz * f / 30));
  return values;
}
double loudness(const std::vector<double>& values) {
  double sum = 0;
  for (std::size_t i = 20; i + 20 < values.size(); ++i) sum += values[i] * values[i];
  return std::sqrt(sum / double(values.size() - 40));
}

TEST(EvaluatorInputTest, SlowPassesAndFastDoesNot) {
  EXPECT_NEAR(loudness(lowPassed(wave(2))) / loudness(wave(2)), 1, 0.02);
  EXPECT_NEAR(loudness(lowPassed(wave(5))) / loudness(wave(5)), 1, 0.05);
  EXPECT_LT(loudness(lowPassed(wave(12))) / loudness(wave(12)), 0.05);
  for (const double v : lowPassed(std::vector<double>(30, 3.5))) EXPECT_NEAR(v, 3.5, 1e-12);
}

TEST(EvaluatorInputTest, WhereAndWhichWayDoNotCount) {
  const Motion walk = smallWalk(60, 3);
  Motion turned = walk;
  const glm::quat turn = glm::angleAxis(1.1f, glm::vec3(0, 1, 0));
  for (int f = 0; f < 60; ++f) {
    turned.rootPositions[f] = turn * walk.rootPositions[f] + glm::vec3(3, 0, 1);
    turned.rotation(f, 0) = turn * walk.rotation(f, 0);
  }
  const auto a = evaluatorInput(featuresFromMotion(walk)), b = evaluatorInput(featuresFromMotion(turned));
  ASSERT_EQ(a.size(), 60u * kEvaluatorInputs);
  double forward = 0;
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 2e-3) << i % kEvaluatorInputs;
  for (std::size_t f = 0; f < 60; ++f) forward += a[f * kEvaluatorInputs + 2 * kEvaluatorPositions + 1] / 60;
  EXPECT_GT(forward, 0.1);  // it walks the way it faces
}

TEST(EvaluatorNetworkTest, LearnsToNameAndToMatch) {
  EvaluatorConfig config;
  config.inputs = 6;
  config.sentenceWidth = 8;
  config.actions = 3;
  config.width = 16;
  config.layers = 1;
  config.heads = 2;
  config.feedForward = 16;
  config.embedding = 8;
  EvaluatorNetwork network(config, 5);
  std::vector<std::vector<float>> motions, sentences;
  std::vector<EvaluatorSample> batch;
  for (int i = 0; i < 12; ++i) {
    std::vector<float> motion, sentence(8, 0.0f);
    CounterRandom random(std::uint64_t(i), 3);
    for (int f = 0; f < 20 + i; ++f) {
      for (int c = 0; c < 6; ++c) motion.push_back(float(random.normal() * 0.3 + (c == i % 3 ? 1.5 : 0)));
    }
    sentence[i % 3] = 1;
    motions.push_back(motion);
    sentences.push_back(sentence);
  }
  for (int i = 0; i < 12; ++i) batch.push_back({motions[i], sentences[i], i % 3});
  const std::vector<float> weights(3, 1.0f);
  const EvaluatorLosses first = network.train(batch, weights, 3e-3);
  EvaluatorLosses last;
  for (int i = 0; i < 150; ++i) last = network.train(batch, weights, 3e-3);
  network.finishTraining();
  EXPECT_LT(last.action, 0.6 * first.action);
  int right = 0, matched = 0;
  for (int i = 0; i < 12; ++i) {
    const Judgement judged = network.judge(motions[i]);
    right += std::max_element(judged.actions.begin(), judged.actions.end()) - judged.actions.begin() == i % 3;
    int best = 0;
    double bestScore = -2;
    for (int k = 0; k < 3; ++k) {
      const auto point = network.pointOfSentence(sentences[k]);
      double score = 0;
      for (std::size_t d = 0; d < point.size(); ++d) score += double(point[d]) * judged.point[d];
      if (score > bestScore) {
        bestScore = score;
        best = k;
      }
    }
    matched += best == i % 3;
  }
  EXPECT_GE(right, 11);
  EXPECT_GE(matched, 11);

  // float16 on disk, the same judgement
  SafetensorsWriter writer;
  network.addTo(writer);
  const auto file = SafetensorsFile::read(writer.write());
  ASSERT_TRUE(file);
  const auto back = EvaluatorNetwork::read(*file, config);
  ASSERT_TRUE(back) << back.error().message;
  const Judgement a = network.judge(motions[0]), b = back->judge(motions[0]);
  for (std::size_t i = 0; i < a.point.size(); ++i) EXPECT_NEAR(a.point[i], b.point[i], 1e-2);
  EvaluatorConfig other = config;
  other.embedding = 12;
  EXPECT_FALSE(EvaluatorNetwork::read(*file, other));
}

TEST(EvaluatorNetworkTest, SizesAreRead) {
  EvaluatorConfig config;
  config.inputs = 136;
  config.sentenceWidth = 384;
  config.actions = 40;
  const auto back = evaluatorConfigFromJson(jsonFromEvaluatorConfig(config));
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, config);
  EXPECT_LT(EvaluatorNetwork(config, 1).parameterCount(), 500'000);  // six of them in float16 within 6 MiB
  auto bad = jsonFromEvaluatorConfig(config);
  bad["width"] = 1 << 30;
  EXPECT_FALSE(evaluatorConfigFromJson(bad));
  EXPECT_FALSE(evaluatorConfigFromJson(nlohmann::json::array()));
}

class EvaluatorsTest : public testing::Test {
 protected:
  static Result<EvaluatorTrainSummary> train(const std::filesystem::path& folder, const EvaluatorTrainOptions& options,
                                             std::stop_token stop = {}, const EvaluatorTrainProgress& progress = {}) {
    return trainEvaluators(heldOutLibrary(), madeUpEmbedding, folder, options, progress, stop);
  }
  TemporaryFolder folder_;
};

TEST_F(EvaluatorsTest, TheSameBitsHoweverManyLearnAtOnceAndAfterAStop) {
  EvaluatorTrainOptions options = smallEvaluators(30);
  options.jobs = 1;
  const auto one = train(folder_ / "one", options);
  ASSERT_TRUE(one) << one.error().message;
  EXPECT_EQ(one->networks.size(), 6u);
  EXPECT_FALSE(one->stopped);
  options.jobs = 2;
  std::stop_source stop;
  const auto begun = train(folder_ / "two", options, stop.get_token(), [&](const EvaluatorTrainStatus& s) {
    EXPECT_EQ(s.steps, 180);
    if (s.step > 80) stop.request_stop();
  });
  ASSERT_TRUE(begun) << begun.error().message;
  EXPECT_TRUE(begun->stopped);
  EXPECT_GT(begun->networks.size(), 0u);
  EXPECT_LT(begun->networks.size(), 6u);
  std::int64_t again = 0;
  const auto ended = train(folder_ / "two", options, {}, [&](const EvaluatorTrainStatus& s) { again = s.steps; });
  ASSERT_TRUE(ended);
  EXPECT_EQ(again, 30 * std::int64_t(6 - begun->networks.size()));  // what was done stays
  for (const char* name : {"a1", "a2", "a3", "b1", "b2", "b3"}) {
    const std::string file = std::string("evaluator-") + name + ".safetensors";
    EXPECT_EQ(bytesOf(folder_ / "one" / file), bytesOf(folder_ / "two" / file)) << name;
  }
  EXPECT_NE(bytesOf(folder_ / "one/evaluator-a1.safetensors"), bytesOf(folder_ / "one/evaluator-a2.safetensors"));
}

TEST_F(EvaluatorsTest, AreLoadedAndDamageIsSeen) {
  ASSERT_TRUE(train(folder_ / "e", smallEvaluators()));
  const auto a = loadEvaluators(folder_ / "e", EvaluatorSetName::A), b = loadEvaluators(folder_ / "e", EvaluatorSetName::B);
  ASSERT_TRUE(a) << a.error().message;
  ASSERT_TRUE(b) << b.error().message;
  EXPECT_EQ(a->members.size(), 3u);
  EXPECT_EQ(a->members[0].network.config().patchFrames, 4);
  EXPECT_EQ(b->members[0].network.config().patchFrames, 2);
  EXPECT_NE(a->hash, b->hash);
  EXPECT_EQ(a->actions, (std::vector<std::string>{"stroll", "turn", "walk"}));
  EXPECT_EQ(a->trainStretches, (std::vector<int>{10, 20, 10}));  // of train clips alone, mirrors not counted
  EXPECT_EQ(a->actionNumber("walk"), 2);
  EXPECT_EQ(a->actionNumber("fly"), -1);
  const Judgement judged = a->members[0].judge(featuresFromMotion(smallWalk(300, 2)));
  EXPECT_EQ(judged.actions.size(), 3u);
  double length = 0;
  for (const float x : judged.point) length += double(x) * x;
  EXPECT_NEAR(length, 1, 1e-4);

  std::string bytes = bytesOf(folder_ / "e/evaluator-a2.safetensors");
  bytes[bytes.size() / 2] ^= 1;
  putBytes(folder_ / "e/evaluator-a2.safetensors", bytes);
  const auto damaged = loadEvaluators(folder_ / "e", EvaluatorSetName::A);
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code, ErrorCode::BadInput);
  EXPECT_NE(damaged.error().message.find("a2"), std::string::npos);
  EXPECT_EQ(loadEvaluators(folder_ / "nowhere", EvaluatorSetName::A).error().code, ErrorCode::NotFound);
  Library none = heldOutLibrary();
  none.clips.erase(none.clips.begin(), none.clips.begin() + 20);
  EXPECT_FALSE(trainEvaluators(none, madeUpEmbedding, folder_ / "f", smallEvaluators(), {}, {}));
}

}  // namespace
}  // namespace kinescore
