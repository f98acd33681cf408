#include "engine/evaluate/retrieval_figures.h"

#include <gtest/gtest.h>

#include <cmath>

namespace kinescore {
namespace {

/// "walk" and "wave" lie on axes of their own; "stroll" is said as "wave" and moves as "walk".
Result<std::vector<float>> vectorOf(std::string_view sentence) {
  std::vector<float> vector(kTowerSentence, 0.0f);
  vector[sentence == "walk" ? 0 : 1] = 1;
  if (sentence == "stroll") vector[2] = 0.3f;
  const std::vector<float> only[] = {vector};
  return meanDirection(only);
}

LibraryClip clipOf(const std::string& id, const std::string& action, const std::string& words, Split split) {
  LibraryClip clip;
  clip.id = id;
  clip.split = split;
  for (int f = 0; f < 60; ++f) clip.motion.appendPose(restPose(*kinescore22()));
  clip.captions = {{{0, 60}, action, words, "", ""}};
  return clip;
}

Library walksAndWaves() {
  Library library;
  for (int i = 0; i < 3; ++i) {
    library.clips.push_back(clipOf("walk" + std::to_string(i), "walk", "walk", Split::Train));
    library.clips.push_back(clipOf("wave" + std::to_string(i), "wave", "wave", Split::Train));
  }
  library.clips.push_back(clipOf("held", "walk", "walk", Split::Val));
  library.clips.push_back(clipOf("other", "walk", "stroll", Split::Val));
  library.clips.push_back(clipOf("unknown", "fly", "fly", Split::Val));
  return library;
}

TEST(RetrievalFigures, CountWhatIsFoundForHeldOutCaptions) {
  const Library library = walksAndWaves();
  const auto index = indexCaptions(library, vectorOf);
  ASSERT_TRUE(index);
  const auto figures = measureRetrieval(library, Split::Val, *index, vectorOf, nullptr);
  ASSERT_TRUE(figures) << figures.error().message;
  EXPECT_EQ(figures->captions, 2);  // nobody flies among the train clips
  EXPECT_EQ(figures->prompts, 2);
  EXPECT_EQ(figures->first, 0.5);  // "stroll" sounds like waving
  EXPECT_EQ(figures->ofThree, 0.5);
  EXPECT_EQ(figures->allThree, 0.5);
  EXPECT_EQ(figures->anyOfThree, 0.5);
}

TEST(RetrievalFigures, HalfOfTheScoreIsTheTowers) {
  Library library = walksAndWaves();
  for (LibraryClip& clip : library.clips) {  // only walks go anywhere
    if (clip.captions[0].action != "walk") continue;
    for (std::int64_t f = 0; f < 60; ++f) clip.motion.rootPositions[f].z = float(f) / 30;
  }
  // Going on is one axis, the third of the sentence the same; everything else is the other.
  TowerParameters p = TowerParameters::empty();
  p.pieceScale.assign(p.pieceScale.size(), 1.0f);
  p.motionHidden[std::size_t(kTowerPieceInput - 2)] = 1;  // speed ahead of the last pose, into hidden 0
  p.motionOut[0] = 10;
  p.motionOutBias[1] = 1;
  p.textDirect[2] = 10;
  p.textDirect[0] = 10;
  const RetrievalTower tower({p});
  const auto index = indexCaptions(library, vectorOf, &tower);
  ASSERT_TRUE(index);
  EXPECT_EQ(measureRetrieval(library, Split::Val, *index, vectorOf, nullptr)->first, 0.5);
  const auto figures = measureRetrieval(library, Split::Val, *index, vectorOf, &tower);
  ASSERT_TRUE(figures) << figures.error().message;
  EXPECT_EQ(figures->first, 1.0);
  EXPECT_EQ(figures->allThree, 1.0);
  const RetrievalTower another({TowerParameters::empty()});
  EXPECT_FALSE(measureRetrieval(library, Split::Val, *index, vectorOf, &another));
}

TEST(RetrievalFigures, NeverOfAUsersLibrary) {
  Library library = walksAndWaves();
  library.userFolder = "/home/me/takes";
  EXPECT_FALSE(measureRetrieval(library, Split::Val, *indexCaptions(library, vectorOf), vectorOf, nullptr));
}

}  // namespace
}  // namespace kinescore
