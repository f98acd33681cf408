// Hours of work in little: edits, takes, switching, undoing, zooming and playing, over and over, with what is kept
// thrown away each time round. Memory must not grow.
//
// KINESCORE_MEMORY_MINUTES: as long as that instead of a few rounds.
#include <cstdlib>
#include <fstream>
#include <malloc.h>
#include <unistd.h>

#include "tests/ui/expectations_fixture.h"

namespace kinescore {
namespace {

constexpr int kRounds = 40;
constexpr double kMostGrowth = 0.02;        // of what was used half way
constexpr double kNoiseMegabytes = 1.5;     // pools of the allocator and of fonts

double residentMegabytes() {
  malloc_trim(0);
  std::ifstream file("/proc/self/statm");
  long all = 0, resident = 0;
  file >> all >> resident;
  return double(resident) * double(sysconf(_SC_PAGESIZE)) / (1 << 20);
}

class MemoryTest : public Expectations {
 protected:
  void round(int number) {
    for (int i = 0; i < 12; ++i) {
      const ObjectId words = prompt(20 * i, 20 * i + 30, "walk " + std::to_string(number) + " " + std::to_string(i));
      drag(middleOf(words), middleOf(words) + QPoint(20, 0));
    }
    for (int frame = 10; frame < 290; frame += 40) {
      poseAt(frame);
    }
    generate();
    session().setSeed(std::uint64_t(number) + 2);
    generate();
    for (int i = 0; i < 6; ++i) {
      key(i % 2 == 0 ? Qt::Key_Left : Qt::Key_Right, Qt::AltModifier);
      wheel({700, 150}, i % 2 == 0 ? 3 : -3);
      session().selection().selectClip(clipsOf(TrackKind::Text)[std::size_t(i)]->id);
      QCoreApplication::processEvents();
    }
    playback().setPlaySpeed(4);
    playback().play();
    for (int i = 0; i < 20; ++i) {
      QTest::qWait(1);
    }
    playback().pause();
    view().grab();
    QUndoStack& history = session().document().undoStack();
    for (int i = 0; i < 3; ++i) {
      while (history.canUndo()) {
        history.undo();
      }
      if (i < 2) {
        while (history.canRedo()) {
          history.redo();
        }
      }
    }
    while (!session().takes().takes().empty()) {
      session().takes().remove(history, session().takes().takes().front()->id);
    }
    history.clear();
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    QCoreApplication::processEvents();
  }
};

TEST_F(MemoryTest, WorkingOnDoesNotNeedMoreAndMore) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "The sanitizer keeps what is freed.";
#endif
  const char* minutes = std::getenv("KINESCORE_MEMORY_MINUTES");
  QElapsedTimer timer;
  timer.start();
  std::vector<double> used;
  const auto goesOn = [&] {
    return minutes != nullptr ? double(timer.elapsed()) < std::atof(minutes) * 60'000 : int(used.size()) < kRounds;
  };
  while (goesOn()) {
    round(int(used.size()));
    ASSERT_FALSE(HasFailure());
    used.push_back(residentMegabytes());
  }
  // The first quarter fills what is kept on purpose: icons, fonts, pools.
  const auto mean = [&](double from, double to) {
    const auto first = std::size_t(from * double(used.size())), last = std::size_t(to * double(used.size()));
    double sum = 0;
    for (std::size_t i = first; i < last; ++i) {
      sum += used[i];
    }
    return sum / double(last - first);
  };
  ASSERT_GE(used.size(), 8u);
  const double middle = mean(0.25, 0.5), end = mean(0.75, 1);
  RecordProperty("rounds", int(used.size()));
  RecordProperty("megabytes", std::to_string(middle) + " then " + std::to_string(end));
  std::printf("  %d rounds: %.1f MB at first, %.1f half way, %.1f at the end\n", int(used.size()), used.front(), middle, end);
  EXPECT_LE(end, middle * (1 + kMostGrowth) + kNoiseMegabytes);
}

}  // namespace
}  // namespace kinescore
