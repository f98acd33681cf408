// What screen readers are told of the painted parts around the timeline: Generate, the view, the rows of takes.
#pragma once

class QWidget;

namespace kinescore {

class Session;

/// Once, before the widgets are made: who is told of one asks how it is read, and that is kept.
void installWindowAccess();
/// Rows of takes are read from this session's takes and jobs.
void offerTakesAccess(QWidget& rows, Session& session);

}  // namespace kinescore
