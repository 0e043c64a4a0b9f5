// The annotations of package:meta that public packages use; they tell people and tools something, and a compiler nothing.
library meta;

class _Note {
  const _Note();
}

const _Note alwaysThrows = _Note(), doNotStore = _Note(), doNotSubmit = _Note(), experimental = _Note(), factory = _Note(), immutable = _Note(), internal = _Note(), isTest = _Note(), isTestGroup = _Note();
const _Note literal = _Note(), mustBeConst = _Note(), mustBeOverridden = _Note(), mustCallSuper = _Note(), nonVirtual = _Note(), optionalTypeArgs = _Note(), protected = _Note(), redeclare = _Note();
const _Note reopen = _Note(), required = _Note(), sealed = _Note(), useResult = _Note(), virtual = _Note(), visibleForOverriding = _Note(), visibleForTesting = _Note();

class Immutable {
  final String reason;
  const Immutable([this.reason = '']);
}

class Required {
  final String reason;
  const Required([this.reason = '']);
}

class UseResult {
  final String reason;
  final String? parameterDefined;
  const UseResult([this.reason = '']) : parameterDefined = null;
  const UseResult.unless({required this.parameterDefined, this.reason = ''});
}
