// The part of Session that opens, saves and brings back projects.
#include <QFileInfo>

#include "engine/project/media_files.h"
#include "ui/document/session.h"

namespace kinescore {
namespace {

Timeline withStartingTracks(IdSource& ids, FrameRate rate) {
  Timeline timeline;
  TimelineSettings settings = timeline.settings();
  settings.rate = rate;
  if (const auto patch = changeSettings(timeline, settings); patch) {
    if (auto next = apply(timeline, *patch); next) {
      timeline = *std::move(next);
    }
  }
  for (const TrackKind kind : {TrackKind::Text, TrackKind::Pose, TrackKind::Path}) {
    if (const auto patch = addTrack(timeline, ids, kind, kindName(kind).toStdString()); patch) {
      if (auto next = apply(timeline, *patch); next) {
        timeline = *std::move(next);
      }
    }
  }
  return timeline;
}

}  // namespace

void Session::newProject() {
  ProjectContents contents;
  contents.timeline = withStartingTracks(document_.ids(), newProjectRate_);
  contents.quality = quality_;
  contents.references = references_;
  store_.startNew(contents.timeline);
  show(std::move(contents), {});
}

Status Session::open(const std::filesystem::path& path, OpenAs as) {
  Result<ProjectContents> contents = store_.open(path, as);
  if (!contents) {
    return contents.error();
  }
  ProjectContents recovered;
  std::swap(recovered.recovered, contents->recovered);
  recovered.recoveredTakes = contents->recoveredTakes;
  recovered.notes = contents->notes;
  show(*std::move(contents), std::filesystem::absolute(path).lexically_normal());
  saveNeedsPath_ = as == OpenAs::Sample;
  savedAt_ = QFileInfo(QString::fromStdString(path.string())).lastModified();
  Q_EMIT stored();
  Q_EMIT projectChanged();
  tellRecovered(recovered);
  lookForFiles();
  return {};
}

void Session::tellRecovered(const ProjectContents& contents) {
  int edits = 0;
  isApplyingRecovered_ = true;
  for (const TimelinePatch& patch : contents.recovered) {
    edits += document_.edit(tr("Recovered edit"), patch);
  }
  isApplyingRecovered_ = false;
  if (contents.recoveredTakes > 0) {
    settingsChanged_ = true;  // they are in no file of the project
    Q_EMIT projectChanged();
  }
  if (edits > 0) {
    Q_EMIT notice(edits == 1 ? tr("One edit that had not been saved was brought back; undo takes it away.")
                             : tr("%1 edits that had not been saved were brought back; undo takes them away.").arg(edits));
  } else if (contents.recoveredTakes > 0) {
    Q_EMIT notice(contents.recoveredTakes == 1 ? tr("One take that had not been saved was brought back.")
                                               : tr("%1 takes that had not been saved were brought back.").arg(contents.recoveredTakes));
  }
  for (const std::string& note : contents.notes) {
    Q_EMIT problem(QString::fromStdString(note));
  }
}

Status Session::openVersion(const RecoverableVersion& version) {
  Result<ProjectContents> contents = store_.openVersion(version);
  if (!contents) {
    return contents.error();
  }
  const std::vector<std::string> notes = contents->notes;
  show(*std::move(contents), {});
  settingsChanged_ = true;  // it is in no file of its own yet
  Q_EMIT projectChanged();
  for (const std::string& note : notes) {
    Q_EMIT problem(QString::fromStdString(note));
  }
  lookForFiles();
  return {};
}

void Session::show(ProjectContents contents, const std::filesystem::path& path) {
  jobs_.cancelAll();
  jobs_.closeAll();
  playback_.pause();
  selection_.setTime(std::nullopt);
  selection_.selectNothing();
  path_ = path;
  saveNeedsPath_ = false;
  readOnlyReason_ = QString::fromStdString(contents.readOnlyReason);
  saveProblem_.clear();
  savedAt_ = {};
  document_.replaceTimeline(std::move(contents.timeline));
  takes_.replaceAll(std::move(contents.takes), std::move(contents.shownTakeId));
  savedTakes_ = takes_.revision();
  seed_ = contents.seed;
  quality_ = contents.quality;
  sampling_ = std::move(contents.sampling);
  references_ = contents.references;
  wishes_ = std::move(contents.wishes);
  heard_ = {};
  filesKnownMissing_.clear();
  forgetRequest();
  settingsChanged_ = false;
  draftSource_ = std::move(contents.draftSource);
  draft_ = std::move(contents.draft);
  playback_.seek(timeline().settings().playRange.start);
  Q_EMIT projectChanged();
}

void Session::lookForFiles() {
  filesKnownMissing_ = missingFiles();
  if (!filesKnownMissing_.empty()) {
    Q_EMIT filesMissing();
  }
  Q_EMIT projectChanged();
}

std::vector<std::string> Session::missingFiles() const { return missingMedia(timeline(), path_.parent_path()); }

bool Session::relink(const std::string& file, const std::filesystem::path& found) {
  if (!document_.edit(tr("Relink media"), relinkMedia(timeline(), {}, file, found))) {
    return false;
  }
  lookForFiles();
  return true;
}

Status Session::save() { return saveTo(path_); }
Status Session::saveAs(const std::filesystem::path& path) { return saveTo(path); }

ProjectContents Session::contents() const {
  ProjectContents contents;
  contents.timeline = timeline();
  contents.takes = takes_.takes();
  contents.shownTakeId = takes_.shownId();
  contents.seed = seed_;
  contents.quality = quality_;
  contents.sampling = sampling_;
  contents.references = references_;
  contents.wishes = wishes_;
  contents.draftSource = draftSource_;
  contents.alsoKeep = takes_.everHeld();
  return contents;
}

Status Session::saveCopy(const std::filesystem::path& path) { return store_.saveCopy(path, contents()); }

Status Session::saveTo(const std::filesystem::path& path) {
  if (isReadOnly() && path == path_) {
    return Error{ErrorCode::Unsupported, tr("This project is open read-only; save a copy under another name.")
                                             .toStdString()};
  }
  isSaving_ = true;
  Q_EMIT savingChanged();
  const Status saved = store_.save(path, contents());
  isSaving_ = false;
  saveProblem_ = saved ? QString() : QString::fromStdString(saved.error().message);
  if (saved) {
    path_ = path;
    readOnlyReason_.clear();
    saveNeedsPath_ = false;
    savedAt_ = QDateTime::currentDateTime();
    savedTakes_ = takes_.revision();
    settingsChanged_ = false;
    document_.undoStack().setClean();
    Q_EMIT stored();
  }
  Q_EMIT savingChanged();
  Q_EMIT projectChanged();
  return saved;
}

QString Session::name() const {
  if (path_.empty()) {
    return tr("Untitled");
  }
  QString stem = QString::fromStdString(path_.stem().string());
  if (!saveNeedsPath_) {
    return stem;  // what the author called it; shots have codes
  }
  stem.replace(u'-', u' ').replace(u'_', u' ');
  if (!stem.isEmpty()) {
    stem[0] = stem[0].toUpper();
  }
  return stem;
}

bool Session::isChanged() const {
  return !document_.undoStack().isClean() || settingsChanged_ ||
         takes_.revision() != savedTakes_;
}

}  // namespace kinescore
