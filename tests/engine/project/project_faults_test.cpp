// Full disks and kills in the middle of a save: the project on disk stays whole.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/project/backups.h"
#include "engine/project/project.h"
#include "engine/project/take_store.h"
#include "tests/support/projects.h"
#include "tests/support/temporary_folder.h"

namespace kinescore {
namespace {

namespace fs = std::filesystem;

constexpr int kKills = 100;

/// Versions tell themselves apart by their seed; each has takes of its own.
ProjectDocument version(std::uint64_t seed) {
  static const ProjectDocument base = everyKindProject();
  ProjectDocument document = base;
  document.settings.seed = seed;
  document.addTake(takeOf(seed % 4, 1));
  document.addTake(takeOf(10 + seed % 3, 2));
  return document;
}

void expectWhole(const fs::path& path) {
  const auto opened = openProject(path);
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_TRUE(opened->warnings.empty()) << opened->warnings[0];
  ASSERT_EQ(opened->document.takes.size(), 2u);
  const ProjectDocument expected = version(opened->document.settings.seed);
  EXPECT_EQ(writeProject(opened->document), writeProject(expected));
}

TEST(ProjectKillTest, NoKillTearsAProject) {
  TemporaryFolder folder;
  const fs::path path = folder / "walk.kinescore";
  ASSERT_TRUE(saveProject(version(0), path));
  // Kills fall anywhere in the first few saves, however slow saving is here (sanitizers).
  const auto before = std::chrono::steady_clock::now();
  ASSERT_TRUE(saveProject(version(1), path));
  const auto save = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - before);
  const auto longest = std::uint32_t(std::clamp<std::int64_t>(6 * save.count(), 30'000, 3'000'000));
  CounterRandom random(2026);
  std::set<std::uint64_t> seen;
  for (int i = 0; i < kKills; ++i) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      for (std::uint64_t seed = std::uint64_t(i) * 1000;; ++seed) {
        if (!saveProject(version(seed), path)) ::_exit(1);
      }
    }
    ::usleep(useconds_t(random.below(longest)));
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "a save failed by itself";
    expectWhole(path);
    if (testing::Test::HasFailure()) FAIL() << "after kill " << i;
    seen.insert(openProject(path)->document.settings.seed);
  }
  EXPECT_GT(seen.size(), 10u) << "the kills came before anything was saved";
  for (const fs::path& backup : listBackups(takesFolderOf(path))) {
    const Result<OpenedProject> opened = openProject(backup);
    EXPECT_TRUE(opened) << opened.error().message;
  }
}

/// Runs `body` in a process of its own, so that a limit of the process ends with it. 0: all is well.
template <class Body>
int inChild(Body body) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(body());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

TEST(ProjectFullDiskTest, AFileThatCannotGrowLeavesTheOldVersion) {
  TemporaryFolder folder;
  const fs::path path = folder / "walk.kinescore";
  ASSERT_TRUE(saveProject(version(0), path));
  const std::string bytes = bytesOf(path);
  // At every limit: within a take, and within the text.
  for (const rlim_t limit : {0, 1, 1000, 4000, 60'000}) {
    const int failed = inChild([&] {
      std::signal(SIGXFSZ, SIG_IGN);
      const rlimit size{limit, limit};
      if (::setrlimit(RLIMIT_FSIZE, &size) != 0) return 2;
      const auto saved = saveProject(version(7), path);
      if (saved) return 3;
      return saved.error().code == ErrorCode::IoFailed && saved.error().message.find("untouched") != std::string::npos ? 0 : 4;
    });
    EXPECT_EQ(failed, 0) << "limit " << limit;
    EXPECT_EQ(bytesOf(path), bytes);
    expectWhole(path);
    for (const auto& file : fs::recursive_directory_iterator(folder.path())) {
      EXPECT_NE(file.path().extension(), ".part") << file.path();
    }
  }
}

TEST(ProjectFullDiskTest, AFullDiskLeavesTheOldVersion) {
  TemporaryFolder folder;
  if (::mount("tmpfs", folder.path().c_str(), "tmpfs", 0, "size=512k") != 0) {
    GTEST_SKIP() << "a disk of its own may not be mounted here";
  }
  struct Unmount {
    fs::path path;
    ~Unmount() { ::umount2(path.c_str(), MNT_DETACH); }
  } unmount{folder.path()};
  const fs::path path = folder / "walk.kinescore";
  ASSERT_TRUE(saveProject(version(0), path));
  const std::string bytes = bytesOf(path);
  int refused = 0;
  for (std::uint64_t seed = 1; seed < 12; ++seed) {
    const auto saved = saveProject(version(seed), path);
    if (!saved) {
      ++refused;
      EXPECT_NE(saved.error().message.find("the disk is full"), std::string::npos) << saved.error().message;
    }
    expectWhole(path);
  }
  EXPECT_GT(refused, 0);
}

}  // namespace
}  // namespace kinescore
