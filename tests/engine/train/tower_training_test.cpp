// Sentences and motion brought to one place: the gradient against differences, a run that stops and goes on,
// and what may be learned from.
#include "engine/train/tower_training.h"

#include <gtest/gtest.h>

#include <numeric>

#include <cmath>

#include "engine/train/tower_gradient.h"
#include "tests/engine/train/small_library.h"
#include "tests/support/temporary_folder.h"

namespace kinescore {
namespace {

Result<std::vector<float>> vectorOf(std::string_view sentence) {
  auto embedding = madeUpEmbedding(sentence);
  if (!embedding) return embedding.error();
  return (*embedding)->sentence;
}

TowerTrainOptions smallRun(const TemporaryFolder& folder, std::int64_t steps) {
  TowerTrainOptions options;
  options.run = folder / "run";
  options.steps = steps;
  options.batch = 6;
  return options;
}

TowerMatrix noise(CounterRandom& random, int rows, int columns) {
  TowerMatrix matrix(rows, columns);
  for (Eigen::Index i = 0; i < matrix.size(); ++i) matrix.data()[i] = float(random.normal());
  return matrix;
}

TEST(TowerGradient, IsHowTheLossChanges) {
  CounterRandom random(3);
  TowerParameters parameters = TowerParameters::empty(), gradient = TowerParameters::empty();
  for (TowerParameters::Array& array : parameters.arrays()) {
    for (float& v : *array.values) v = float(0.05 * random.normal());
  }
  TowerBatch batch;
  batch.texts = 0.05f * noise(random, 5, kTowerTextInput);
  batch.firstPiece = {0, 2, 3, 7, 9, 12};
  batch.pieces = noise(random, 12, kTowerPieceInput);
  batch.keep = TowerMatrix::Ones(5, 2 * kTowerMotionHidden);
  batch.keep.col(3).setZero();
  batch.masked = TowerMatrix::Zero(5, 5);
  batch.masked(1, 4) = batch.masked(4, 1) = 1;
  (void)towerLoss(parameters, batch, 0.3, gradient);
  auto values = parameters.arrays(), slopes = gradient.arrays();
  TowerParameters unused = TowerParameters::empty();
  for (std::size_t a = 0; a < values.size(); ++a) {
    if (!values[a].isLearned) continue;
    // Along its own gradient: a change that single precision can tell.
    double square = 0;
    for (const float g : *slopes[a].values) square += double(g) * g;
    ASSERT_GT(square, 0) << values[a].name;
    const double step = 2e-3 / std::sqrt(square);
    const std::vector<float> kept = *values[a].values;
    double sides[2];
    for (int side = 0; side < 2; ++side) {
      for (std::size_t i = 0; i < kept.size(); ++i) (*values[a].values)[i] = kept[i] + float((side == 0 ? -step : step) * (*slopes[a].values)[i]);
      sides[side] = towerLoss(parameters, batch, 0.3, unused);
    }
    *values[a].values = kept;
    EXPECT_NEAR((sides[1] - sides[0]) / (2 * step), square, 0.03 * square) << values[a].name;
  }
}

TEST(TowerTraining, GoesOnBitForBitWhereItStopped) {
  TemporaryFolder whole, parts;
  const Library library = smallLibrary();
  const auto once = trainTower(library, vectorOf, smallRun(whole, 50), {}, {});
  ASSERT_TRUE(once) << once.error().message;
  EXPECT_EQ(once->captions, 10);  // five train clips of two captions; the sixth is held out
  std::stop_source stop;
  const auto stopped = trainTower(library, vectorOf, smallRun(parts, 50), [&](const TowerTrainStatus& s) {
    if (s.step >= 25) stop.request_stop();
  }, stop.get_token());
  ASSERT_TRUE(stopped);
  EXPECT_TRUE(stopped->stopped);
  EXPECT_EQ(stopped->step, 25);
  const auto further = trainTower(library, vectorOf, smallRun(parts, 50), {}, {});
  ASSERT_TRUE(further);
  EXPECT_FALSE(further->stopped);
  EXPECT_EQ(RetrievalTower::write({further->parameters}), RetrievalTower::write({once->parameters}));
}

TEST(TowerTraining, TheRightMotionComesNearest) {
  TemporaryFolder folder;
  Library library = smallLibrary();
  // Sentences that say nearly the same are not set against each other: here each clip has words of its own.
  for (int i = 0; i < int(library.clips.size()); ++i) {
    for (Caption& caption : library.clips[std::size_t(i)].captions) {
      const std::string number = std::to_string(i) + (caption.action == "turn" ? "turn" : "walk");
      caption.textA = caption.textB = caption.textC = "short" + number + " tall" + number;
    }
  }
  TowerTrainOptions options = smallRun(folder, 300);
  const auto trained = trainTower(library, vectorOf, options, {}, {});
  ASSERT_TRUE(trained) << trained.error().message;
  EXPECT_LT(trained->loss, 0.7 * std::log(options.batch));
  const RetrievalTower tower({trained->parameters});
  int nearest = 0, asked = 0;
  for (int c = 0; c < 5; ++c) {
    const Caption& caption = library.clips[std::size_t(c)].captions[0];
    const auto text = tower.ofText(*vectorOf(caption.textA), namedSides(caption.textA));
    int best = -1;
    double highest = -2;
    for (int k = 0; k < 5; ++k) {
      const auto motion = tower.ofMotion(library.clips[std::size_t(k)].motion, caption.frames);
      double dot = 0;
      for (int i = 0; i < kTowerWidth; ++i) dot += double(text[std::size_t(i)]) * motion[std::size_t(i)];
      if (dot > highest) best = k;
      highest = std::max(highest, dot);
    }
    nearest += best == c;
    ++asked;
  }
  EXPECT_GE(nearest, asked - 1);
}

TEST(TowerTraining, NeverLooksAtHeldOutClips) {
  TemporaryFolder one, two;
  Library library = smallLibrary();
  const auto before = trainTower(library, vectorOf, smallRun(one, 10), {}, {});
  library.clips.back().motion = smallWalk(120, 99);
  library.clips.back().split = Split::Test;
  library.clips.back().captions[0].action = "fly";
  const auto after = trainTower(library, vectorOf, smallRun(two, 10), {}, {});
  ASSERT_TRUE(before && after);
  EXPECT_EQ(RetrievalTower::write({before->parameters}), RetrievalTower::write({after->parameters}));
}

TEST(TowerTraining, ACheckpointOfOtherDataIsRefused) {
  TemporaryFolder folder;
  Library library = smallLibrary();
  ASSERT_TRUE(trainTower(library, vectorOf, smallRun(folder, 5), {}, {}));
  library.clips[0].captions[0].textA = "fly";
  const auto other = trainTower(library, vectorOf, smallRun(folder, 5), {}, {});
  ASSERT_FALSE(other);
  EXPECT_NE(other.error().message.find("another library"), std::string::npos);
  library.clips.clear();
  EXPECT_FALSE(trainTower(library, vectorOf, smallRun(folder, 5), {}, {}));
}

TowerParameters randomTower(std::uint64_t seed) {
  TowerParameters parameters = TowerParameters::empty();
  CounterRandom random(seed);
  for (TowerParameters::Array& array : parameters.arrays()) {
    for (float& v : *array.values) v = float(random.normal());
  }
  return parameters;
}

TEST(RetrievalTowerFile, ComesBackAndRefusesRubbish) {
  TemporaryFolder folder;
  for (const std::vector<TowerParameters>& members : {std::vector{randomTower(1)}, std::vector{randomTower(1), randomTower(2), randomTower(3)}}) {
    putBytes(folder / "t.safetensors", RetrievalTower::write(members));
    const auto tower = RetrievalTower::load(folder / "t.safetensors");
    ASSERT_TRUE(tower) << tower.error().message;
    EXPECT_EQ(tower->hash(), RetrievalTower(members).hash());
    EXPECT_EQ(tower->width(), int(members.size()) * kTowerWidth);
    putBytes(folder / "bad.safetensors", RetrievalTower::write(members).substr(0, 5000));
    EXPECT_FALSE(RetrievalTower::load(folder / "bad.safetensors"));
  }
}

TEST(RetrievalTowerMembers, SayTheMeanOfTheirLikeness) {
  const std::vector<float> sentence(kTowerSentence, 0.05f);
  const Motion motion = smallWalk(60, 5);
  const auto likeness = [&](const std::vector<TowerParameters>& members) {
    const RetrievalTower tower(members);
    const auto text = tower.ofText(sentence, {}), shown = tower.ofMotion(motion, {0, 60});
    EXPECT_NEAR(std::inner_product(text.begin(), text.end(), text.begin(), 0.0), 1, 1e-5);
    return std::inner_product(text.begin(), text.end(), shown.begin(), 0.0);
  };
  const double one = likeness({randomTower(1)}), other = likeness({randomTower(2)});
  EXPECT_GT(std::abs(one - other), 1e-3);
  EXPECT_NEAR(likeness({randomTower(1), randomTower(2)}), (one + other) / 2, 1e-5);
}

}  // namespace
}  // namespace kinescore
