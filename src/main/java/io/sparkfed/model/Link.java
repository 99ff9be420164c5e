package io.sparkfed.model;

/** How the mean response of a model with one score belongs to it. */
public enum Link {
  /** The mean is the score. */
  IDENTITY {
    @Override
    public double score(double mean) {
      return mean;
    }
  },
  /** The mean is the probability of class 1, the score its log odds. */
  LOGIT {
    @Override
    public double score(double mean) {
      return mean > 0.0 && mean < 1.0 ? Math.log(mean / (1.0 - mean)) : 0.0;
    }
  },
  /** The mean is the exponential of the score. */
  LOG {
    @Override
    public double score(double mean) {
      return mean > 0.0 ? Math.log(mean) : 0.0;
    }
  },
  /** The score tells no mean, or there are several. */
  NONE {
    @Override
    public double score(double mean) {
      return 0.0;
    }
  };

  /** Returns the score with this mean response; 0 where there is none. */
  public abstract double score(double mean);
}
