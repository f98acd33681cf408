// A window's worth of objects on a fake engine, and the pauses tests need.
#pragma once

#include <functional>
#include <memory>

#include <QApplication>
#include <QElapsedTimer>
#include <QTest>

#include "engine/timeline/ids.h"
#include "tests/support/fake_generator.h"
#include "ui/document/session.h"
#include "ui/theme/theme.h"

namespace kinescore {

/// The one QApplication of the test program; without a screen.
inline QApplication& testApplication() {
  static int argc = 1;
  static char name[] = "test_ui";
  static char* argv[] = {name, nullptr};
  static QApplication* application = [] {
    qputenv("QT_QPA_PLATFORM", "offscreen");
    auto* made = new QApplication(argc, argv);
    applyTheme(*made);
    return made;
  }();
  return *application;
}

/// Runs the event loop until `isDone` or ten seconds have passed.
inline bool waitUntil(const std::function<bool()>& isDone) {
  QElapsedTimer timer;
  timer.start();
  while (!isDone()) {
    if (timer.elapsed() > 10'000) {
      return false;
    }
    QCoreApplication::processEvents(QEventLoop::AllEvents, 5);
  }
  return true;
}

/// Projects in memory.
class MemoryStore : public ProjectStore {
 public:
  Result<ProjectContents> open(const std::filesystem::path& path, OpenAs) override {
    if (saved.count(path) == 0) {
      return Error{ErrorCode::NotFound, "“" + path.string() + "” is not there."};
    }
    return saved[path];
  }
  Status save(const std::filesystem::path& path, const ProjectContents& contents) override {
    if (failure) {
      return *failure;
    }
    saved[path] = contents;
    return {};
  }
  Status saveCopy(const std::filesystem::path& path, const ProjectContents& contents) override { return save(path, contents); }
  ProjectDocument documentOf(const ProjectContents& contents) const override {
    ProjectDocument document;
    document.timeline = contents.timeline;
    return document;
  }
  Result<ProjectContents> openVersion(const RecoverableVersion& version) override { return open(version.file, OpenAs::Project); }
  void startNew(const Timeline&) override { journalled.clear(); }
  void journal(const TimelinePatch& patch) override { journalled.push_back(patch); }
  void keepTake(const std::shared_ptr<const Take>& take) override { kept.push_back(take); }
  std::string journalProblem() const override { return journalFailure; }

  std::map<std::filesystem::path, ProjectContents> saved;
  std::vector<TimelinePatch> journalled;
  std::vector<std::shared_ptr<const Take>> kept;
  std::string journalFailure;
  std::optional<Error> failure;
};

/// A session whose engine answers at once, or takes `stepTime` for each of its steps.
struct SessionFixture {
  explicit SessionFixture(std::chrono::milliseconds stepTime = std::chrono::milliseconds(0))
      : service([stepTime]() -> Result<std::unique_ptr<MotionGenerator>> {
          auto generator = std::make_unique<FakeGenerator>();
          generator->stepTime = stepTime;
          return std::unique_ptr<MotionGenerator>(std::move(generator));
        }) {
    testApplication();
    session = std::make_unique<Session>(service, store, std::make_unique<SequentialIds>(100),
                                        [this] { return nanoseconds; });
  }

  ObjectId track(TrackKind kind) const {
    for (const auto& track : session->timeline().tracks()) {
      if (track->kind == kind) {
        return track->id;
      }
    }
    return {};
  }
  ObjectId addPrompt(double from, double to, const std::string& words) {
    Clip clip;
    clip.trackId = track(TrackKind::Text);
    clip.span = {ticksFromSeconds(from), ticksFromSeconds(to)};
    clip.condition = TextCondition{words, BodyPart::Whole};
    const auto patch = addClip(session->timeline(), session->document().ids(), clip);
    session->document().edit(QStringLiteral("Add prompt"), patch);
    return patch->changes.front().id;
  }
  std::string promptOf(ObjectId clip) const {
    return std::get<TextCondition>(session->timeline().findClip(clip)->condition).prompt;
  }
  bool generateAndWait() {
    const std::size_t before = session->takes().takes().size();
    return session->generate().ok() && waitUntil([&] { return session->takes().takes().size() > before; });
  }

  MemoryStore store;
  MotionService service;
  std::int64_t nanoseconds = 0;  // the playhead's clock
  std::unique_ptr<Session> session;
};

}  // namespace kinescore
