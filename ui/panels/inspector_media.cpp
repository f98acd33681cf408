#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>

#include "ui/document/clip_adding.h"
#include "ui/document/edit_commands.h"
#include "ui/panels/media_page.h"
#include "ui/theme/theme.h"

namespace kinescore {
namespace {

constexpr double kTapPause = 2.5;  // seconds without a tap end a go
constexpr int kLeastTaps = 3;      // two beats say little

QString nameOfFile(const std::string& file) { return QFileInfo(QString::fromStdString(file)).fileName(); }

}  // namespace

// ---- the file ---------------------------------------------------------------------------------

MediaFileRow::MediaFileRow(QWidget* parent) : QWidget(parent) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(6);
  column->addWidget(makeLabel(tr("File"), this));
  auto* row = new QHBoxLayout;
  row->setSpacing(8);
  name_ = new QLabel(this);
  name_->setObjectName(QStringLiteral("media file"));
  name_->setProperty("kind", "value");
  name_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  auto* choose = makeLink(tr("Choose…"), this);
  choose->setObjectName(QStringLiteral("choose media"));
  row->addWidget(name_, 1);
  row->addWidget(choose);
  column->addLayout(row);
  missing_ = new Panel("error", this);
  auto* missingRow = new QHBoxLayout(missing_);
  missingRow->setContentsMargins(8, 4, 8, 4);
  missingRow->setSpacing(8);
  auto* mark = new QLabel(missing_);
  mark->setPixmap(iconPixmap(QStringLiteral("error"), colorOf(tokens().err), 16, devicePixelRatioF()));
  missingWords_ = new QLabel(missing_);
  missingWords_->setObjectName(QStringLiteral("media missing"));
  missingWords_->setWordWrap(true);
  auto* find = makeLink(tr("Find it…"), missing_);
  find->setObjectName(QStringLiteral("find media"));
  missingRow->addWidget(mark, 0, Qt::AlignTop);
  missingRow->addWidget(missingWords_, 1);
  missingRow->addWidget(find, 0, Qt::AlignTop);
  column->addWidget(missing_);
  connect(choose, &QPushButton::clicked, this, &MediaFileRow::chooseWanted);
  connect(find, &QPushButton::clicked, this, &MediaFileRow::findWanted);
}

void MediaFileRow::setFile(const QString& file, bool isMissing) {
  whole_ = file.isEmpty() ? tr("No file yet") : QFileInfo(file).fileName();
  name_->setToolTip(file);
  missing_->setVisible(isMissing);
  // A long name without spaces is broken where it must be.
  QString breakable = whole_;
  breakable.replace(QRegularExpression(QStringLiteral("([_.-])")), QStringLiteral("\\1\u200B"));
  missingWords_->setText(tr("“%1” is not where it was.").arg(breakable));
  elide();
}

void MediaFileRow::elide() { name_->setText(name_->fontMetrics().elidedText(whole_, Qt::ElideMiddle, std::max(60, name_->width()))); }

void MediaFileRow::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  elide();
}

MediaPage::MediaPage(Session& session, const QString& title, QWidget* parent) : ClipPage(session, title, parent) {}

void MediaPage::addFile() {
  QVBoxLayout* section = addSection();
  file_ = new MediaFileRow(body());
  section->addWidget(file_);
  inPoint_ = new FrameField(body());
  inPoint_->setObjectName(QStringLiteral("in point"));
  inPoint_->setUsual(0);
  section->addLayout(withLabel(tr("In point, from the file's start"), inPoint_, body()));
  connect(file_, &MediaFileRow::chooseWanted, this, &MediaPage::choose);
  connect(file_, &MediaFileRow::findWanted, this, &MediaPage::find);
  connect(inPoint_, &FrameField::frameEdited, this, [this](qint64 frame) {
    change(tr("In point"), [&](Clip& changed) { inPointOf(changed) = at(std::max<qint64>(0, frame)); });
  });
}

void MediaPage::fillFile(const std::string& file, Ticks inPoint) {
  const auto& missing = session_.filesKnownMissing();
  file_->setFile(QString::fromStdString(file), std::find(missing.begin(), missing.end(), file) != missing.end());
  inPoint_->setRate(session_.rate());
  inPoint_->setFrame(nearestFrame(inPoint, session_.rate()));
}

QString MediaPage::folderOf(const std::string& file) const {
  const QFileInfo info(QString::fromStdString(file));
  if (info.isAbsolute() && info.dir().exists()) {
    return info.path();
  }
  return session_.hasPath() ? QFileInfo(QString::fromStdString(session_.path().string())).path() : QDir::homePath();
}

void MediaPage::choose() {
  const auto now = clip();
  if (!now) {
    return;
  }
  Clip copy = *now;
  const QString chosen = chooseFile_(this, title(), folderOf(fileOf(copy)));
  if (chosen.isEmpty()) {
    return;
  }
  const std::filesystem::path file = chosen.toStdString();
  if (!takes(file)) {
    Q_EMIT session_.problem(tr("“%1” cannot be played on this track.").arg(QFileInfo(chosen).fileName()));
    return;
  }
  change(tr("Choose file"), [&](Clip& changed) {
    if (changed.name == nameOfFile(fileOf(changed)).toStdString()) {
      changed.name = file.filename().string();
    }
    fileOf(changed) = std::filesystem::absolute(file).lexically_normal().string();
  });
}

void MediaPage::find() {
  const auto now = clip();
  if (!now) {
    return;
  }
  Clip copy = *now;
  const std::string file = fileOf(copy);
  const QString found = chooseFile_(this, tr("Where is “%1”?").arg(nameOfFile(file)), folderOf(file));
  if (!found.isEmpty()) {
    session_.relink(file, found.toStdString());
  }
}

// ---- sound ------------------------------------------------------------------------------------

AudioPage::AudioPage(Session& session, QWidget* parent)
    : MediaPage(session, tr("Sound"), parent), clock_([] {
        return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch());
      }) {
  addName();
  addFile();
  QVBoxLayout* section = addSection();
  auto* row = new QHBoxLayout;
  row->setSpacing(8);
  tempo_ = new NumberField(1, 0, kFastestBeatsPerMinute, body());
  tempo_->setObjectName(QStringLiteral("tempo"));
  tempo_->setUsual(0);
  offset_ = new NumberField(3, -600, 600, body());
  offset_->setObjectName(QStringLiteral("beat offset"));
  offset_->setUsual(0);
  auto* tapButton = new QPushButton(tr("Tap"), body());
  tapButton->setObjectName(QStringLiteral("tap"));
  tapButton->setToolTip(tr("Press it on the beat, three times or more. While it plays, the last tap is a beat, too."));
  row->addLayout(withLabel(tr("Tempo, bpm"), tempo_, body()));
  row->addLayout(withLabel(tr("Beat offset, s"), offset_, body()));
  row->addLayout(withLabel({}, static_cast<QWidget*>(tapButton), body()));
  section->addLayout(row);
  heard_ = makeLabel({}, body());
  heard_->setObjectName(QStringLiteral("heard"));
  heard_->setWordWrap(true);
  section->addWidget(heard_);
  kind_ = new SegmentedChoice({tr("By ear"), tr("Music"), tr("Speech")}, body());
  kind_->setObjectName(QStringLiteral("sound kind"));
  addSection()->addLayout(withLabel(tr("Heard as"), static_cast<QWidget*>(kind_), body()));
  addTimes();
  addStrength();
  addStretch();
  connect(tempo_, &NumberField::numberEdited, this, [this](double bpm) {
    change(tr("Tempo"), [bpm](Clip& changed) {
      std::get<AudioCondition>(changed.condition).beatsPerMinute = bpm > 0 ? std::max(bpm, kSlowestBeatsPerMinute) : 0;
    });
  });
  connect(offset_, &NumberField::numberEdited, this, [this](double seconds) {
    change(tr("Beat offset"), [seconds](Clip& changed) { std::get<AudioCondition>(changed.condition).beatOffsetSeconds = seconds; });
  });
  connect(kind_, &SegmentedChoice::chosen, this, [this](int kind) { setSelectedSoundKind(session_, SoundKind(kind)); });
  connect(tapButton, &QPushButton::pressed, this, &AudioPage::tap);
}

bool AudioPage::takes(const std::filesystem::path& file) const { return mediaKindOf(file).has_value(); }

void AudioPage::fill(const Clip& clip) {
  const auto& audio = std::get<AudioCondition>(clip.condition);
  fillFile(audio.file, audio.inPoint);
  tempo_->setNumber(audio.beatsPerMinute);
  offset_->setNumber(audio.beatOffsetSeconds);
  const bool isWritten = audio.beatsPerMinute > 0;
  setUsable(offset_, isWritten, tr("Beats are found by ear while no tempo is written."));
  setUsable(kind_, !isWritten, tr("A written tempo is kept as it is; the recording is not listened to."));
  kind_->setCurrent(int(audio.kind));
  const auto& sounds = session_.heard().sounds;
  const auto heard = sounds.find(audio.file);
  if (isWritten) {
    heard_->setText(tr("0 finds the beats by ear."));
  } else if (heard == sounds.end()) {
    heard_->setText(tr("Beats are found by ear when a take is made."));
  } else {
    heard_->setText(heard->second->beatsPerMinute > 0 ? tr("Heard: %1 bpm.").arg(heard->second->beatsPerMinute, 0, 'f', 1)
                                                       : tr("No beat is heard in it."));
  }
}

void AudioPage::tap() {
  const auto now = clip();
  if (!now) {
    return;
  }
  const std::chrono::nanoseconds time = clock_();
  const auto seconds = [](std::chrono::nanoseconds n) { return std::chrono::duration<double>(n).count(); };
  if (taps_.empty() || seconds(time - taps_.back()) > kTapPause) {
    taps_.clear();
    tapping_ = session_.document().newGesture();
  }
  taps_.push_back(time);
  if (int(taps_.size()) < kLeastTaps) {
    return;
  }
  const double beat = seconds(taps_.back() - taps_.front()) / double(taps_.size() - 1);
  const double bpm = std::clamp(std::round(600 / std::max(beat, 1e-3)) / 10, kSlowestBeatsPerMinute, kFastestBeatsPerMinute);
  const bool isPlaying = session_.playback().isPlaying();
  const Ticks position = session_.playback().position();
  change(tr("Tap tempo"), [&](Clip& changed) {
    auto& audio = std::get<AudioCondition>(changed.condition);
    audio.beatsPerMinute = bpm;
    if (isPlaying) {
      // From the recording's own start, within the first beat.
      const double place = secondsOf(position - changed.span.start + audio.inPoint), length = 60 / bpm;
      audio.beatOffsetSeconds = std::round((place - std::floor(place / length) * length) * 1000) / 1000;
    }
  }, tapping_);
}

// ---- video ------------------------------------------------------------------------------------

VideoPage::VideoPage(Session& session, QWidget* parent) : MediaPage(session, tr("Video"), parent) {
  const QString notYet = tr("The engine does not look at video yet.");
  addNote(tr("The engine does not look at video yet. The clip keeps its place, and what is set here, for when it does."));
  addName();
  addFile();
  auto* row = new QHBoxLayout;
  row->setSpacing(8);
  speed_ = new NumberField(2, 0.1, 8, body());
  speed_->setObjectName(QStringLiteral("video speed"));
  speed_->setUsual(1);
  mirror_ = new SegmentedChoice({tr("As filmed"), tr("Mirrored")}, body());
  mirror_->setObjectName(QStringLiteral("video mirror"));
  row->addLayout(withLabel(tr("Speed"), speed_, body()), 1);
  row->addLayout(withLabel(tr("Sides"), static_cast<QWidget*>(mirror_), body()), 2);
  addSection()->addLayout(row);
  addTimes();
  addStrength(notYet);
  addStretch();
  connect(speed_, &NumberField::numberEdited, this, [this](double speed) {
    change(tr("Speed"), [speed](Clip& changed) { std::get<VideoCondition>(changed.condition).speed = speed; });
  });
  connect(mirror_, &SegmentedChoice::chosen, this, [this](int mirrored) {
    change(tr("Mirror video"), [mirrored](Clip& changed) { std::get<VideoCondition>(changed.condition).mirror = mirrored == 1; });
  });
}

bool VideoPage::takes(const std::filesystem::path& file) const { return mediaKindOf(file) == TrackKind::Video; }

void VideoPage::fill(const Clip& clip) {
  const auto& video = std::get<VideoCondition>(clip.condition);
  fillFile(video.file, video.inPoint);
  speed_->setNumber(video.speed);
  mirror_->setCurrent(video.mirror ? 1 : 0);
}

}  // namespace kinescore
