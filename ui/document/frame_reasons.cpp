#include "ui/document/frame_reasons.h"

#include <algorithm>

#include "ui/document/clip_adding.h"

namespace kinescore {
namespace {

QString reasonText(const char* words) { return Session::tr(words); }

/// "a", "a and b", "a, b and c".
QString enumerated(QStringList things) {
  if (things.size() < 2) {
    return things.join(QString());
  }
  const QString last = things.takeLast();
  return reasonText("%1 and %2").arg(things.join(reasonText(", ")), last);
}

/// What was asked for at a time, as people call it.
QStringList askedAt(const GenerationRequest& request, Ticks at, FrameRate rate) {
  QStringList asked;
  const std::int64_t frame = nearestFrame(at, kEngineRate);
  const auto isHere = [&](Ticks time) { return nearestFrame(time, kEngineRate) == frame; };
  for (const TextRequest& text : request.texts) {
    if (text.span.contains(at)) {
      asked << reasonText("“%1”").arg(QString::fromStdString(text.prompt));
    }
  }
  std::optional<Ticks> before, after;
  for (const PoseKeyRequest& pose : request.poses) {
    if (pose.time <= at || isHere(pose.time)) {  // they are sorted
      before = pose.time;
    } else if (!after) {
      after = pose.time;
    }
  }
  const auto frameOf = [&](Ticks time) { return nearestFrame(time, rate); };
  if (before && isHere(*before)) {
    asked << reasonText("the pose at %1").arg(frameOf(*before));
  } else if (before && after) {
    asked << reasonText("the poses at %1 and %2").arg(frameOf(*before)).arg(frameOf(*after));
  } else if (before || after) {
    asked << reasonText("the pose at %1").arg(frameOf(before ? *before : *after));
  }
  for (const TargetRequest& target : request.targets) {
    if (isHere(target.time)) {
      asked << reasonText("the target of %1").arg(jointName(target.joint).toLower());
    }
  }
  for (const PathRequest& path : request.paths) {
    if (!path.points.empty() && path.points.front().time <= at && at <= path.points.back().time) {
      asked << reasonText("the path");
    }
  }
  for (const ContactRequest& contact : request.contacts) {
    if (contact.span.contains(at)) {
      asked << reasonText("%1 planted").arg(footPartName(contact.contact).toLower());
    }
  }
  for (const RhythmRequest& rhythm : request.rhythms) {
    if (rhythm.span.contains(at)) {
      asked << reasonText("a beat");
    }
  }
  return asked;
}

}  // namespace

QString whyFrame(Session& session, Ticks at) {
  const TakePointer shown = session.takes().shown();
  const std::int64_t frame = frameAt(at, kEngineRate);
  if (shown == nullptr || frame < 0 || frame >= shown->result.motion->frameCount()) {
    return {};
  }
  const auto origin = std::find_if(shown->origins.begin(), shown->origins.end(), [&](const FrameOrigin& one) {
    return one.frames.start <= frame && frame < one.frames.end;
  });
  const bool isKept = origin != shown->origins.end() && origin->takeId != shown->id;
  const TakePointer maker = isKept ? session.takes().find(origin->takeId) : shown;
  const FrameRate rate = session.rate();
  const QStringList asked = maker ? askedAt(maker->request, at, rate) : QStringList();
  const QString from = asked.isEmpty() ? reasonText("nothing asked for there") : enumerated(asked);
  QString why = !isKept ? reasonText("Frame %1 was made in take %2 from %3.")
                : maker ? reasonText("Frame %1 was kept from take %2, which made it from %3.")
                        : reasonText("Frame %1 was kept from a take that was deleted since.");
  why = why.arg(frameAt(at, rate));
  if (maker) {
    why = why.arg(maker->number).arg(from);
  }
  for (const ReportLine& line : shown->result.report.lines) {
    if (line.isNote && line.engineFrame == frame) {
      why += u' ' + QString::fromStdString(line.sentence) + u'.';
    }
  }
  return why;
}

}  // namespace kinescore
