// What the window looks like in eleven states, beside pictures that are kept (tests/data/ui). The 3D view is left out.
//
// KINESCORE_WRITE_REFERENCES=1 makes the pictures anew: look at them before they are kept.
#include <cstdlib>

#include <QLabel>
#include <QDir>
#include <QFileInfo>
#include <QPainter>


#include "engine/core/files.h"
#include "engine/request/build_request.h"
#include "tests/support/takes.h"
#include "tests/ui/expectations_fixture.h"
#include "ui/panels/status_bar.h"
#include "ui/panels/top_bar.h"
#include "ui/panels/view_panel.h"
#include "ui/widgets/error_bar.h"

namespace kinescore {
namespace {

constexpr double kMostMean = 1.5;      // mean difference of a colour, of 255
constexpr int kClearly = 48;           // a pixel that differs by more is another one
constexpr double kMostShare = 0.008;   // of such pixels; a line of words moved by a pixel is less

struct Difference {
  double mean = 0, share = 0;
  QImage picture;
};

Difference differenceOf(const QImage& a, const QImage& b) {
  Difference difference;
  difference.picture = QImage(a.size(), QImage::Format_RGB32);
  double sum = 0;
  std::int64_t other = 0;
  for (int y = 0; y < a.height(); ++y) {
    for (int x = 0; x < a.width(); ++x) {
      const QRgb p = a.pixel(x, y), q = b.pixel(x, y);
      const int red = std::abs(qRed(p) - qRed(q)), green = std::abs(qGreen(p) - qGreen(q)), blue = std::abs(qBlue(p) - qBlue(q));
      const int most = std::max({red, green, blue});
      sum += (red + green + blue) / 3.0;
      other += most > kClearly;
      difference.picture.setPixel(x, y, most > kClearly ? qRgb(255, 60, 60) : qRgb(most, most, most));
    }
  }
  const double count = double(a.width()) * a.height();
  difference.mean = sum / count;
  difference.share = double(other) / count;
  return difference;
}

/// Stops at step 9 of 20 until it is told to give up.
class HeldGenerator final : public MotionGenerator {
 public:
  Result<GeneratedMotion> generate(const GenerationRequest&, const ProgressSink& progress, std::stop_token stop) override {
    progress({.phase = GenerationProgress::Phase::Sampling, .step = 9, .steps = 20, .fraction = 0.45, .secondsLeft = 3});
    while (!stop.stop_requested()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return Error{ErrorCode::Cancelled, "Generating was cancelled"};
  }
  std::string describe() const override { return "CPU · fake"; }
};

class StatesTest : public Expectations {
 protected:
  void openSample() {
    const std::filesystem::path copy = folder_.path() / "first-steps.kinescore";
    std::filesystem::copy_file(std::filesystem::path(KINESCORE_SOURCE_DIR) / "resources/samples/first-steps.kinescore", copy,
                               std::filesystem::copy_options::overwrite_existing);
    ASSERT_TRUE(window_->openProject(copy));
    QCoreApplication::processEvents();
    view().fitAll();
  }
  /// As a take that another seed would not change.
  void addTake(int number) { session().takes().add(takeOf(std::uint64_t(number), number), true); }

  QImage grabbed() {
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
    QCoreApplication::processEvents();
    QImage image = window_->grab().toImage().convertToFormat(QImage::Format_RGB32);
    QPainter painter(&image);
    const auto cover = [&](const QWidget* widget, int fromTop) {
      const QRect place(widget->mapTo(window_.get(), QPoint(0, fromTop)), QSize(widget->width(), widget->height() - fromTop));
      painter.fillRect(place, Qt::black);
    };
    cover(&window_->view(), 32);
    // The time of day.
    for (const QLabel* label : window_->status().findChildren<QLabel*>()) {
      if (label->isVisible() && label->text().startsWith(QStringLiteral("Saved "))) {
        cover(label, 0);
      }
    }
    painter.end();
    return image.scaled(image.size() / 2, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
  }

  void expectLooks(const char* name) {
    const QImage now = grabbed();
    const QString file = QStringLiteral(KINESCORE_TEST_DATA_DIR "/ui/%1.png").arg(QLatin1String(name));
    if (qEnvironmentVariableIsSet("KINESCORE_WRITE_REFERENCES")) {
      QDir().mkpath(QFileInfo(file).path());
      ASSERT_TRUE(now.save(file, "PNG", 0));
      EXPECT_LE(QFileInfo(file).size(), 60 * 1024) << name;
      return;
    }
    const QImage kept = QImage(file).convertToFormat(QImage::Format_RGB32);
    ASSERT_FALSE(kept.isNull()) << file.toStdString() << " is missing; KINESCORE_WRITE_REFERENCES=1 makes it.";
    ASSERT_EQ(kept.size(), now.size()) << name;
    const Difference difference = differenceOf(now, kept);
    if (difference.mean > kMostMean || difference.share > kMostShare) {
      const QString folder = QDir::tempPath();
      now.save(folder + QStringLiteral("/kinescore-%1-now.png").arg(QLatin1String(name)));
      difference.picture.save(folder + QStringLiteral("/kinescore-%1-difference.png").arg(QLatin1String(name)));
      ADD_FAILURE() << name << ": mean " << difference.mean << " (at most " << kMostMean << "), " << 100 * difference.share
                    << " % of the pixels (at most " << 100 * kMostShare << "); see " << folder.toStdString() << "/kinescore-" << name
                    << "-now.png and -difference.png";
    }
  }
};

TEST_F(StatesTest, NothingOpenAndAnEmptyTimeline) { expectLooks("empty"); }

TEST_F(StatesTest, TheSample) {
  openSample();
  expectLooks("sample");
}

TEST_F(StatesTest, APromptSelected) {
  openSample();
  session().selection().selectClip(clipsOf(TrackKind::Text)[0]->id);
  expectLooks("prompt");
}

TEST_F(StatesTest, APoseThatTheTakeMisses) {
  openSample();
  const ObjectId pose = clipsOf(TrackKind::Pose)[0]->id;
  const auto asked = buildRequest(session().timeline(), {});
  ASSERT_TRUE(asked.ok());
  GeneratedMotion made = generatedMotion(asked->frameCount(), 3);
  session().takes().add(makeTake(*asked, made, nullptr, 1), true);
  session().selection().selectClip(pose);
  playback().seek(spanOf(pose).start);
  expectLooks("missed");
}

TEST_F(StatesTest, ATimeSelection) {
  openSample();
  addTake(1);
  session().selection().setTime(TimeSelection{{at(60), at(100)}, at(8), at(14)});
  expectLooks("time");
}

TEST_F(StatesTest, GeneratingNineOfTwentySteps) {
  openSample();
  service_->useGenerator([]() -> Result<std::unique_ptr<MotionGenerator>> { return std::unique_ptr<MotionGenerator>(new HeldGenerator); });
  window_->action("Generate")->trigger();
  ASSERT_TRUE(waitUntil([&] { return window_->topBar().generateButton()->words() == QStringLiteral("Generating 45 %"); }));
  expectLooks("generating");
  session().jobs().cancelAll();
}

TEST_F(StatesTest, ATakeWithNotes) {
  openSample();
  addTake(1);
  addTake(2);
  window_->action("Quality Report")->trigger();
  expectLooks("notes");
}

TEST_F(StatesTest, TheEngineFailed) {
  openSample();
  service_->useGenerator([]() -> Result<std::unique_ptr<MotionGenerator>> {
    auto generator = std::make_unique<FakeGenerator>();
    generator->failure = Error{ErrorCode::EngineFailed, "The graphics card ran out of memory"};
    return std::unique_ptr<MotionGenerator>(std::move(generator));
  });
  window_->action("Generate")->trigger();
  ASSERT_TRUE(waitUntil([&] { return window_->errors().isVisible(); }));
  expectLooks("failed");
}

TEST_F(StatesTest, AFileIsMissing) {
  openSample();
  const std::filesystem::path sound = folder_.path() / "drums.wav";
  ASSERT_TRUE(saveFileSafely(sound, "RIFF").ok());
  addTo(*session().trackOf(TrackKind::Audio, QStringLiteral("Add track")), {at(0), at(90)}, AudioCondition{sound.string(), {}, 120, 0});
  const std::filesystem::path file = folder_.path() / "with-drums.kinescore";
  ASSERT_TRUE(session().saveAs(file).ok());
  std::filesystem::remove(sound);
  ASSERT_TRUE(window_->openProject(file));
  view().fitAll();
  expectLooks("missing");
}

TEST_F(StatesTest, AtItsSmallest) {
  window_->resize(1180, 720);
  openSample();
  session().selection().selectClip(clipsOf(TrackKind::Text)[0]->id);
  expectLooks("small");
}

TEST_F(StatesTest, LongNames) {
  openSample();
  const std::string longWords = "walks slowly along the wall, looks over the left shoulder again and again, and at last sits down on the floor";
  const ObjectId words = clipsOf(TrackKind::Text)[0]->id;
  Clip changed = *clip(words);
  std::get<TextCondition>(changed.condition).prompt = longWords;
  session().document().edit(QStringLiteral("Words"), changeClip(session().timeline(), changed));
  Track renamed = *session().timeline().findTrack(track(TrackKind::Pose));
  renamed.name = "Poses of the first performance that we keep";
  session().document().edit(QStringLiteral("Name"), changeTrack(session().timeline(), renamed));
  addTake(1);
  session().takes().rename(session().document().undoStack(), session().takes().shownId(), QStringLiteral("the one with the long way round the table"));
  session().selection().selectClip(words);
  expectLooks("long");
}

}  // namespace
}  // namespace kinescore
